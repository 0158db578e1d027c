"""The steps of the model: what workers, network, QuickBooks and people may do next."""

from collections.abc import Iterator

from addon.rules.protocol import PieceState
from tests.model import (
    ANNOUNCED,
    ANSWERED,
    AWAY,
    CHOSEN,
    KEPT,
    MOST_TRIES,
    NO,
    OVER,
    SILENT,
    Call,
    Model,
    Row,
    State,
    Worker,
    put,
)

Steps = Iterator[tuple[str, State]]


def of_workers(model: Model, state: State) -> Steps:
    """Leases, announcements, landings, look-ups, deaths."""
    for who, worker in enumerate(state.workers):
        if state.lease == -1 and worker == Worker():
            yield f"worker {who} takes the lease", state._replace(lease=who)
        if worker != Worker() and state.troubles:
            dead = _worker(state, who, Worker())._replace(troubles=state.troubles - 1)
            yield f"worker {who} is killed", dead
        for request in worker.flights:
            yield from _flight(model, state, who, request)
        if worker.look is not None:
            yield f"worker {who} settles what it found", settle(model, state, who)
        if state.lease == who:
            yield from _with_lease(model, state, who)
    if state.lease >= 0:
        is_quiet = state.workers[state.lease] == Worker()
        if is_quiet or state.troubles:
            left = state.troubles - (not is_quiet)
            lapsed = state._replace(lease=-1, troubles=left)
            yield f"the lease of worker {state.lease} ends", lapsed


def _with_lease(model: Model, state: State, who: int) -> Steps:
    worker = state.workers[who]
    chosen = [n for n, piece in enumerate(state.pieces) if piece.state == CHOSEN]
    if chosen and not state.stopping:
        for most in {1, min(model.size.parcel, len(chosen))}:
            yield _announce(model, state, who, tuple(chosen[:most]))
    for number in chosen:
        if state.stopping:
            dropped = model.move(state, number, PieceState.DROPPED)
            yield f"piece {number} is dropped", dropped
        elif state.troubles:
            held = model.move(state, number, PieceState.HELD)
            held = held._replace(troubles=state.troubles - 1)
            yield f"our rules hold piece {number}", held
    due = tuple(n for n in range(len(state.pieces)) if _is_due(model, state, who, n))
    if due and worker.look is None:
        rows = tuple((n, row) for n, row in enumerate(state.rows) if row.alive)
        looked = _worker(state, who, worker._replace(look=(due, rows)))
        yield f"worker {who} looks up pieces {due}", looked


def _is_due(model: Model, state: State, who: int, number: int) -> bool:
    piece = state.pieces[number]
    if piece.state != ANNOUNCED or piece.request in state.workers[who].flights:
        return False
    return model.bugs.early or state.calls[piece.request].status == OVER


def _announce(
    model: Model, state: State, who: int, some: tuple[int, ...]
) -> tuple[str, State]:
    request = len(state.calls)
    for number in some:
        state = model.move(state, number, ANNOUNCED, request=request)
    state = state._replace(calls=(*state.calls, Call(some)))
    return f"worker {who} announces {some} as call {request}", _fly(state, who, request)


def _fly(state: State, who: int, request: int) -> State:
    worker = state.workers[who]
    return _worker(state, who, worker._replace(flights=worker.flights | {request}))


def _worker(state: State, who: int, worker: Worker) -> State:
    return state._replace(workers=put(state.workers, who, worker))


def _call(state: State, request: int, **more: object) -> State:
    call = state.calls[request]._replace(**more)  # type: ignore[arg-type]
    return state._replace(calls=put(state.calls, request, call))


def _flight(model: Model, state: State, who: int, request: int) -> Steps:
    call, worker = state.calls[request], state.workers[who]
    if call.status == KEPT:
        yield f"call {request} leaves", _call(state, request, status=AWAY)
    if call.answer is None and call.status != OVER:
        return
    landed = _worker(state, who, worker._replace(flights=worker.flights - {request}))
    if state.lease != who and not model.bugs.unfenced:
        yield f"worker {who} may not write the end of call {request}", landed
    else:
        yield f"worker {who} lands call {request}", _land(model, landed, request)


def _land(model: Model, state: State, request: int) -> State:
    call = state.calls[request]
    if call.answer is None:
        return state
    ours = [n for n in call.pieces if state.pieces[n].state == ANNOUNCED]
    # An answer means that the call is over.
    state = _call(state, request, status=OVER, answer=None)
    if call.answer == NO:
        for number in ours:
            state = model.move(state, number, CHOSEN, request=-1)
        return state
    told = dict(call.answer)  # type: ignore[arg-type]
    for number in ours:
        row = told.get(number)
        if row is not None and row not in _claimed(state):
            state = model.move(state, number, PieceState.RECORDED, receipt=row)
        elif row is not None:
            state = _tried(state, number)
        elif model.bugs.trusting:
            state = model.move(state, number, PieceState.RECORDED, receipt=99)
    return state


def _claimed(state: State) -> set[int]:
    return {piece.receipt for piece in state.pieces if piece.receipt >= 0}


def _tried(state: State, number: int) -> State:
    piece = state.pieces[number]
    tried = piece._replace(tries=piece.tries + 1)
    return state._replace(pieces=put(state.pieces, number, tried))


def settle(model: Model, state: State, who: int) -> State:
    """Write down what a look-up has found: all of it, or nothing."""
    worker = state.workers[who]
    assert worker.look is not None
    due, rows = worker.look
    state = _worker(state, who, worker._replace(look=None))
    if state.lease != who and not model.bugs.unfenced:
        return state
    taken = set() if model.bugs.greedy else _claimed(state)
    free = [] if model.bugs.blind else [each for each in rows if each[0] not in taken]
    due = tuple(n for n in due if state.pieces[n].state == ANNOUNCED)
    for changed in (0, 1):
        for number in due:
            found = _own(model, state, number, free, changed)
            if found is not None:
                free.remove(found)
                state = model.move(state, number, PieceState.RECORDED, receipt=found[0])
    return _try_again(model, state, who, due, free)


def _own(
    model: Model, state: State, number: int, free: list[tuple[int, Row]], changed: int
) -> tuple[int, Row] | None:
    """Find a piece's own activity: as it was sent, or changed but clearly its own."""
    body = model.body(number)
    if state.pieces[number].state != ANNOUNCED or (changed and model.bugs.unaware):
        return None
    own = [each for each in free if each[1][:2] == (body, changed)]
    rivals = [
        n
        for n, piece in enumerate(state.pieces)
        if n != number and piece.state == ANNOUNCED and model.body(n) == body
    ]
    if changed and (len(own) != 1 or rivals):
        return None
    return own[0] if own else None


def _try_again(
    model: Model, state: State, who: int, due: tuple[int, ...], free: list
) -> State:
    missing = [n for n in due if state.pieces[n].state == ANNOUNCED]
    kin = set() if model.bugs.unaware else {row.body for _, row in free if row.changed}
    for number in [n for n in missing if model.body(n) in kin]:
        state = model.move(state, number, PieceState.REFUSED)
        missing.remove(number)
    for request in sorted({state.pieces[n].request for n in missing}):
        group = tuple(n for n in missing if state.pieces[n].request == request)
        is_first = all(state.pieces[n].tries == 0 for n in group)
        for number in group:
            state = _tried(state, number)
        if group == state.calls[request].pieces and is_first and not model.bugs.blind:
            state = _fly(_call(state, request, status=KEPT, answer=None), who, request)
            continue
        for number in group:
            is_last = state.pieces[number].tries >= MOST_TRIES
            to = PieceState.REFUSED if is_last else CHOSEN
            state = model.move(state, number, to, request=-1)
    return state


def of_quickbooks(model: Model, state: State) -> Steps:
    """Calls arrive or not, answers come or not, request ids are kept or not."""
    for request, call in enumerate(state.calls):
        is_held = any(request in worker.flights for worker in state.workers)
        if call.status == AWAY:
            yield f"QuickBooks does call {request}", _do(model, state, request)
        # That a worker waits in vain, or is frozen, is a trouble of its own.
        cost = is_held and call.status != SILENT
        if call.status != OVER and state.troubles >= cost:
            over = _call(state, request, status=OVER)
            over = over._replace(troubles=state.troubles - cost)
            yield f"the time of call {request} is over", over
        if state.troubles and call.status in {AWAY, ANSWERED}:
            poorer = state._replace(troubles=state.troubles - 1)
            yield from _answers(poorer, request, call)
    if state.forgets and state.memory:
        forgotten = state._replace(forgets=False, memory=frozenset())
        yield "QuickBooks forgets request ids", forgotten


def _do(model: Model, state: State, request: int) -> State:
    known = {number: row for req, number, row in state.memory if req == request}
    rows, answer = list(state.rows), []
    for number in state.calls[request].pieces:
        if number not in known:
            rows.append(Row(model.body(number)))
        answer.append((number, known.get(number, len(rows) - 1)))
    memory = state.memory
    if model.size.memory != "forgotten":
        memory |= {(request, number, row) for number, row in answer}
    done = state._replace(rows=tuple(rows), memory=memory)
    return _call(done, request, status=ANSWERED, answer=tuple(answer))


def _answers(state: State, request: int, call: Call) -> Steps:
    if call.status == AWAY:
        refused = _call(state, request, status=ANSWERED, answer=NO)
        yield f"QuickBooks is too busy for call {request}", refused
        return
    lost = _call(state, request, status=SILENT, answer=None)
    yield f"the answer to call {request} is lost", lost
    if isinstance(call.answer, tuple) and len(call.answer) > 1:
        for left in range(len(call.answer)):
            part = call.answer[:left] + call.answer[left + 1 :]
            missing = call.answer[left][0]
            told = f"the answer to call {request} leaves piece {missing} out"
            yield told, _call(state, request, answer=part)


def of_people(model: Model, state: State) -> Steps:
    """Stop is pressed; activities are changed and deleted in QuickBooks."""
    if state.stops and not state.stopping:
        yield "Stop is pressed", state._replace(stops=False, stopping=True)
    if not state.hands:
        return
    for number, row in enumerate(state.rows):
        if not row.alive:
            continue
        for changed in {1, 2} - {row.changed}:
            after = row._replace(changed=max(row.changed, changed))
            touched = state._replace(
                rows=put(state.rows, number, after), hands=state.hands - 1
            )
            how = "a little" if changed == 1 else "a lot"
            yield f"somebody changes activity {number} {how}", touched
        gone = put(state.rows, number, row._replace(alive=False))
        deleted = state._replace(rows=gone, hands=state.hands - 1)
        yield f"somebody deletes activity {number}", deleted
