"""Write the README's tree from the first line of every module: `python -m deploy.readme`."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = ("lorong", "sensors", "diary", "ingest", "store", "analytics", "web", "commons", "deploy")
_BEGIN: Final = "<!-- tree: made by `make readme` -->\n"
_END: Final = "<!-- end of tree -->\n"
_WIDTH: Final = 34


def tree(root: Path = ROOT) -> str:
    """One line a module: its path below the package and the first line of its docstring."""
    lines: list[str] = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py"), key=lambda p: (p.parent, p.name != "__init__.py", p.name)):
            depth = len(path.relative_to(root).parts) - 1
            is_package = path.name == "__init__.py"
            name = f"{path.parent.name}/" if is_package else path.name
            indent = "  " * (depth - 1 if is_package else depth)
            lines.append(f"{indent + name:<{_WIDTH}} {first_line(path)}".rstrip())
    return "\n".join(lines) + "\n"


def first_line(path: Path) -> str:
    """The first line of a module's docstring, empty where it has none."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    return docstring.splitlines()[0] if docstring else ""


def with_tree(text: str) -> str:
    """The README's text with the tree as the code is now."""
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    return f"{before}{_BEGIN}```\n{tree()}```\n{_END}{after}"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(with_tree(readme.read_text("utf-8")), "utf-8")
