"""What browsers may do with our pages: stated on every single response."""

from flask import Flask, Response, g, request

from addon.config import Settings

YEAR = 365 * 24 * 3600


def init_app(app: Flask, settings: Settings) -> None:
    """State the rules on every response, errors and static files included."""
    ancestors = " ".join(settings.frame_ancestors)
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
        )
    )

    @app.after_request
    def _state(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = policy
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if request.endpoint != "static" or response.status_code >= 400:
            headers["Cache-Control"] = "no-store"
        return response

    @app.context_processor
    def _appearance() -> dict[str, str]:
        viewer = g.get("viewer")
        return {
            "frame_ancestors": ancestors,
            "theme": viewer.claims.theme if viewer else "light",
            "language": "en",
        }
