"""Ask Apache Velocity 1.7 and Jayway JsonPath what the golden files should say, and write it there.

Needs a JDK and Debian's packages velocity and libjsonpath-java. New cases: add them without an answer, then run

    python tests/dataplane/mapping/oracle/pin.py
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
JARS = (
    "velocity",
    "commons-collections3",
    "commons-lang",
    "json-path",
    "json-smart",
    "accessors-smart",
    "slf4j-api",
    "asm",
)
CLASSPATH = ":".join(f"/usr/share/java/{name}.jar" for name in JARS)


def ask(questions: list[dict[str, Any]], classpath: str = CLASSPATH) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-cp", classpath, "-d", folder, HERE / "Oracle.java"], check=True)
        lines = "".join(json.dumps(question) + "\n" for question in questions)
        command = ["java", "-Xss4m", "-cp", f"{classpath}:{folder}", "Oracle"]
        asked = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in asked.stdout.splitlines()]


def pin(name: str, shared: str) -> None:
    file = GOLDEN / name
    golden = json.loads(file.read_text())
    cases = golden["cases"]
    answers = ask([{**case, shared: golden[shared]} for case in cases])
    golden["cases"] = [
        {**{key: value for key, value in case.items() if key not in ("out", "missing", "error")}, **answer}
        for case, answer in zip(cases, answers, strict=True)
    ]
    file.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    pin("velocity.json", "variables")
    pin("generated.json", "variables")
    pin("guide.json", "variables")
    pin("jsonpath.json", "document")
