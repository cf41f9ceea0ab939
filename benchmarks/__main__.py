"""``python -m benchmarks [NAME ...] [-- OPTIONS]``: run one benchmark, or all that need no options."""

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks

NAMES = [module.name for module in iter_modules(benchmarks.__path__) if not module.name.startswith("_")]


def main(arguments: list[str]) -> int:
    """Run what was asked for; a benchmark is a module here with ``run(options)``."""
    cut = next((i for i, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    names, options = arguments[:cut], [word for word in arguments[cut:] if word != "--"]
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    if len(names) == 1:
        module = import_module(f"benchmarks.{names[0]}")
        if hasattr(module, "run"):
            print(f"\n## {names[0]}\n", flush=True)
            module.run(options)
        return 0
    # Each in a process of its own: none finds in memory what another left there.
    command = [sys.executable, "-m", "benchmarks"]
    ended = [subprocess.run([*command, name, *options], check=False).returncode for name in names or NAMES]
    return int(any(ended))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
