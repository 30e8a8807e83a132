"""The marks that say what a computed value stands on, and the names for many foods or beds together."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

SIMULATED: Final = "simulated"
RECORDED: Final = "recorded"
STAND_IN: Final = "stand_in"
IMPUTED: Final = "imputed"
ASSUMED_WEIGHTS: Final = "assumed_weights"
INCOMPLETE: Final = "incomplete"
UNKNOWN_NODE: Final = "unknown_node"
"""Some of it was sent by a node that stands in no row of nodes.csv."""
UNVERIFIED: Final = "unverified"
"""A figure of general knowledge went in, for which no source was read."""
WITHDRAWN: Final = "withdrawn"
"""A value that no longer has enough to stand on; readers leave it out."""

MARKS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        SIMULATED: Label("SIMULASI", "SIMULATED"),
        RECORDED: Label("rekaman", "recording"),
        STAND_IN: Label("dari tempat lain", "from elsewhere"),
        IMPUTED: Label("sebagian ditaksir", "partly imputed"),
        ASSUMED_WEIGHTS: Label("bobot perkiraan", "estimated weights"),
        UNVERIFIED: Label("angka umum", "general figures"),
        INCOMPLETE: Label("belum lengkap", "incomplete"),
        UNKNOWN_NODE: Label("alat tak terdaftar", "unregistered node"),
        WITHDRAWN: Label("ditarik", "withdrawn"),
    }
)
"""What people call them."""

ALL_FOODS: Final = "semua"
"""The commodity, or basket, of rows in which all foods are put together."""

VOLATILE_FOODS: Final = "bergejolak"
"""The basket of the foods whose prices are volatile."""

ALL_BEDS: Final = "semua"
"""The bed of rows in which all beds of a lane are added up."""
