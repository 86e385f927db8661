"""A tracking server of MLflow whose artifacts have paths that lead elsewhere."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

PATHS = ("../../evil.npy", "spaces/../../evil.npy", "/etc/evil.npy", "other/evil.npy")
"""What its runs say that they have, one each."""


@contextmanager
def serving() -> Iterator[str]:
    """Run the server; gives its address."""
    server = HTTPServer(("127.0.0.1", 0), Hostile)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Hostile(BaseHTTPRequestHandler):
    """Answers whatever a client of MLflow asks to list artifacts."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def _answer(self) -> None:
        told: dict[str, Any] = {}
        if "experiments/get-by-name" in self.path:
            told["experiment"] = {"experiment_id": "1", "name": "x", "lifecycle_stage": "active"}
        elif "runs/" in self.path:
            runs = [self._run(number) for number in range(len(PATHS))]
            told = {"runs": runs} if "search" in self.path else {"run": runs[self._number()]}
        elif "artifacts/list" in self.path or "mlflow-artifacts" in self.path:
            files = [{"path": PATHS[self._number()], "is_dir": False, "file_size": 10}]
            told = {"files": files, "root_uri": "mlflow-artifacts:/1"}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _number(self) -> int:
        return int(self.path.partition("run-")[2][:1] or 0)

    def _run(self, number: int) -> dict[str, Any]:
        info = {"run_id": f"run-{number}", "run_name": f"r{number}", "experiment_id": "1"}
        address = f"mlflow-artifacts:/1/run-{number}/artifacts"
        stage = {"lifecycle_stage": "active", "status": "FINISHED", "artifact_uri": address}
        return {"info": info | stage, "data": {}}

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
