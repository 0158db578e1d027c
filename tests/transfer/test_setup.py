"""First-time set-up lists what it would do, does it once, and says what failed."""

from addon.records import connection as connections
from addon.records import db
from addon.records import link as linking
from addon.records.link import LinkKind
from addon.sandbox.trouble import answer, html_502
from addon.transfer.setup import Created, Plan, create, plan
from tests.world import Clock, World


def ready(tmp_path) -> World:
    clock = Clock()
    return World(tmp_path, entries=0, clock=clock, sleep=clock.forward)


def begin(world: World) -> None:
    world.install()
    assert world.connect().status_code == 200


def planned(world: World) -> Plan:
    with world.inside():
        held = connections.current()
        assert held is not None
        return plan(held.company_id)


def do(world: World, *customers: str) -> Created:
    with world.inside() as here:
        done = create(world.outside, world.viewer(here), set(customers))
        db.session.commit()
        return done


def made(world: World) -> dict[str, str | None]:
    """Clockify's projects with their clients' names."""
    workspace = world.workspace
    return {
        project.name: workspace.clients[project.client_id].name
        if project.client_id
        else None
        for project in workspace.projects.values()
    }


def test_nothing_is_created_before_somebody_chose_it(tmp_path):
    """Looking at the plan writes nothing to Clockify."""
    with ready(tmp_path) as world:
        begin(world)
        before = made(world)
        first = planned(world)
        assert any(each.name == "Diego Rodriguez" for each in first.projects)
        barnett = next(each for each in first.projects if each.name == "Barnett Design")
        assert barnett.client_name == "Shara Barnett"
        assert any(each.name == "Shara Barnett" for each in first.clients)
        linked = {"Amy's Bird Sanctuary", "55 Twin Lane"}
        assert not linked & {each.name for each in first.projects}
        token = world.token("Olivia Owen")
        assert world.ask("GET", "/setup", token=token).status_code == 200
        assert made(world) == before
        assert not [
            seen
            for seen in world.sandbox.clockify.requests
            if seen.method != "GET" and "/report" not in seen.path
        ]


def test_chosen_customers_become_projects_that_are_linked_by_id(tmp_path):
    """What is created is linked at once, under its client, and nothing else is."""
    with ready(tmp_path) as world:
        begin(world)
        before = made(world)
        ids = [
            world.company.id_of("Customer", n) for n in ("Barnett Design", "Mark Cho")
        ]
        done = do(world, *ids)
        assert (done.clients, done.projects, done.left, done.problems) == (1, 2, 0, ())
        new = {
            name: client for name, client in made(world).items() if name not in before
        }
        assert new == {"Barnett Design": "Shara Barnett", "Mark Cho": None}
        with world.inside():
            held = connections.current()
            assert held is not None
            links = linking.links(held.company_id, LinkKind.PROJECT)
            created = [each for each in links.values() if each.origin == "created"]
            assert {each.target_id for each in created} == set(ids)
            assert {each.confirmed_by for each in created} == {
                world.user_id("Olivia Owen")
            }


def test_pressing_again_creates_nothing_twice(tmp_path):
    """A double click, or a second try, leaves every project once."""
    with ready(tmp_path) as world:
        begin(world)
        ids = [each.customer_id for each in planned(world).projects][:6]
        first = do(world, *ids)
        assert first.projects == 6
        second = do(world, *ids)  # before the lists were read again
        world.work()
        third = do(world, *ids)
        assert (second.projects, third.projects) == (0, 0)
        names = [each.name for each in world.workspace.projects.values()]
        assert len(names) == len(set(names))
        assert not set(ids) & {each.customer_id for each in planned(world).projects}


def test_what_clockify_refuses_is_reported_by_name_and_the_rest_is_done(tmp_path):
    """One refused name does not keep the others from being created."""
    with ready(tmp_path) as world:
        begin(world)
        ids = [world.company.id_of("Customer", n) for n in ("Mark Cho", "John Melton")]
        world.sandbox.clockify.trouble.next(
            method="POST",
            path="/projects",
            body="John Melton",
            effect=answer(400, {"code": 501, "message": "This name is taken"}),
        )
        done = do(world, *ids)
        assert done.projects == 1
        assert [each.partition(":")[0] for each in done.problems] == ["John Melton"]
        assert "This name is taken" in done.problems[0]


def test_when_clockify_is_away_the_rest_is_left_for_another_time(tmp_path):
    """An outage in the middle is said, and what is left can be done later."""
    with ready(tmp_path) as world:
        begin(world)
        ids = [each.customer_id for each in planned(world).projects][:4]
        trouble = world.sandbox.clockify.trouble
        trouble.always(method="POST", path="/projects", nth=2, effect=html_502())
        done = do(world, *ids)
        assert done.projects == 1
        assert done.left == 2
        assert "could not be reached" in done.problems[0]
        trouble.clear()
        world.work(most=5)
        rest = do(world, *ids)
        assert rest.projects + done.projects == 4


def test_names_that_clockify_cannot_hold_are_not_offered(tmp_path):
    """A customer of one letter cannot become a project, so it is not listed."""
    with ready(tmp_path) as world:
        world.company.add_customer("X")
        begin(world)
        assert "X" not in {each.name for each in planned(world).projects}
