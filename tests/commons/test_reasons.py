"""What is stored of why a value is missing or was computed anew is said in both languages."""

from __future__ import annotations

import pytest

from commons.catalogue import Label
from commons.reasons import in_words


@pytest.mark.parametrize(
    ("stored", "indonesian", "english"),
    [
        (
            "too little: 5 of 24 inputs, coverage 0.208; AtLeast(count=3, share=0.5) asks for more",
            "baru ada 5 dari 24 masukan, perlu paling sedikit 3 masukan dan 50 % dari yang diharapkan",
            "there are 5 of 24 inputs; needed are at least 3 inputs and 50 % of those expected",
        ),
        (
            "too little: 0 inputs; AtLeast(count=1, share=0.0) asks for more",
            "baru ada 0 masukan, perlu paling sedikit 1 masukan",
            "there are 0 inputs; needed are at least 1 input",
        ),
        (
            "too little: 2 of 9 inputs, coverage 1e-05; Other(rule=1) asks for more",
            "baru ada 2 dari 9 masukan",
            "there are 2 of 9 inputs",
        ),
        (
            "withdrawn: nothing is left to compute it from",
            "ditarik: masukannya sudah tidak ada",
            "withdrawn: nothing is left to compute it from",
        ),
        (
            "no price of telur-ayam-ras, nasi",
            "belum ada harga Telur ayam ras, nasi",
            "no price of Chicken eggs, nasi",
        ),
        (
            "composition known of 40 % of the weight, 50 % needed",
            "kandungan gizi diketahui untuk 40 % beratnya, perlu 50 %",
            "composition known of 40 % of the weight, 50 % needed",
        ),
        (
            "55% of the weight is priced; 70% is needed",
            "55 % bobotnya ada harganya; perlu 70 %",
            "55 % of the weight is priced; 70 % is needed",
        ),
        (
            "vegetables: 1 of 3 foods have a price; fruits: 0 of 2 foods have a price",
            "sayur: 1 dari 3 pangan ada harganya; buah: 0 dari 2 pangan ada harganya",
            "vegetables: 1 of 3 foods have a price; fruits: 0 of 2 foods have a price",
        ),
        (
            "3 months since the first price; 36 are needed; 1 of 3 months have a price; 70% are needed",
            "3 bulan sejak harga pertama; perlu 36; 1 dari 3 bulan ada harganya; perlu 70 %",
            "3 months since the first price; 36 are needed; 1 of 3 months have a price; 70 % are needed",
        ),
        (
            "30 months since the first price; three full years and a month (37) are needed",
            "30 bulan sejak harga pertama; perlu tiga tahun penuh dan sebulan (37)",
            "30 months since the first price; three full years and a month (37) are needed",
        ),
        (
            "late data: soil saga 2026-11-01",
            "data terlambat: Tanah di satu petak, saga, 2026-11-01",
            "late data: soil saga 2026-11-01",
        ),
        ("month 2026-11-01 went on", "bulan 2026-11-01 berjalan terus", "month 2026-11-01 went on"),
        ("method 2.1", "cara hitung versi 2.1", "method 2.1"),
        ("", "", ""),
    ],
)
def test_a_stored_reason_is_said_in_both_languages(stored: str, indonesian: str, english: str) -> None:
    assert in_words(stored) == Label(indonesian, english)


def test_a_reason_that_nobody_knows_is_left_as_it_is_and_what_stands_before_it_is_said() -> None:
    assert in_words("nothing was weighed; {n} <b>of</b> what").id == "tidak ada yang ditimbang; {n} <b>of</b> what"
