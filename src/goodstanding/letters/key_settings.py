"""Where a lender's keys lie: `keys` in lender.toml, a folder by itself or a table that names a device besides."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from goodstanding.core import reading


class KeysError(ValueError):
    """Keys that can't be used: the sentence says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that makes keys, keeps them and signs with them (PKCS#11): a hardware security module, a smart card.

    library: its maker's, a path or a name that the system's loader finds. token: its label.
    pin_variable, pin_file: where its PIN is read, one of the two; the PIN never stands in lender.toml.
    """

    library: str
    token: str
    pin_variable: str = ""
    pin_file: Path | None = None

    def pin(self) -> str:
        """Read the PIN; KeysError when it isn't there, or others may read it."""
        if self.pin_file is None:
            if found := os.environ.get(self.pin_variable):
                return found
            raise KeysError(
                f"the environment variable {self.pin_variable} has no PIN in it for token {self.token}: set it, or name a"
                " pin_file in lender.toml."
            )
        try:
            mode = self.pin_file.stat().st_mode
            found = self.pin_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as problem:
            raise KeysError(
                f"{self.pin_file}, the PIN of token {self.token}, can't be read ({problem}): put the PIN there and chmod 600 it."
            ) from None
        if os.name == "posix" and mode & 0o077:
            raise KeysError(
                f"{self.pin_file} can be read by others (mode {mode & 0o777:o}): chmod 600 it, and think about changing the PIN."
            )
        if not found:
            raise KeysError(f"{self.pin_file} is empty: put the PIN of token {self.token} there.")
        return found

    @property
    def pin_lies(self) -> str:
        """Where the PIN is read, in words."""
        return str(self.pin_file) if self.pin_file else f"the environment variable {self.pin_variable}"


@dataclass(frozen=True, slots=True)
class KeySettings:
    """folder: with keys.json, certificates and public keys. device: None when private keys are files in that folder."""

    folder: Path
    device: Device | None = None


def key_settings_from_data(value: object, folder: Path) -> KeySettings:
    """Read `keys` of lender.toml; paths are seen from the lender's folder. Raises BadValue.

    >>> key_settings_from_data("../keys", Path("lender")).folder.as_posix()
    'lender/../keys'
    """
    if not isinstance(value, Mapping):
        return KeySettings(folder / reading.filled_text(value))
    texts = ("folder", "library", "token", "pin_variable", "pin_file")
    if "pin" in value:
        raise reading.BadValue(
            "a PIN never stands in this file: name an environment variable that holds it (pin_variable) or a file that its"
            " owner alone may read (pin_file)"
        )
    found = reading.read_keys(value, dict.fromkeys(texts, reading.filled_text), required=("folder",))
    place = folder / found["folder"]
    if found.keys() == {"folder"}:
        return KeySettings(place)
    for name in ("library", "token"):
        if name not in found:
            raise reading.BadValue(f'"{name}" is missing: a device needs its library, its token and where its PIN is')
    if ("pin_variable" in found) == ("pin_file" in found):
        raise reading.BadValue("a device needs one of pin_variable and pin_file")
    pin_file = folder / found["pin_file"] if "pin_file" in found else None
    return KeySettings(place, Device(found["library"], found["token"], found.get("pin_variable", ""), pin_file))
