package vn.lgsp.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.Invalid;

/** Every notation of dates that partners of the city were met with (wire-formats 6.6), there and back. */
class DateNotationTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yyyy/MM/dd                     | 2026/01/15              | 2026-01-15",
                "yyyy/MM/dd HH:mm:ss            | 2026/01/15 08:30:00     | 2026-01-15T08:30:00+07:00",
                "ddMMyyyy'T'HHmmss'+'SSSS       | 20112025T101500+0042    | 2025-11-20T10:15:00.042+07:00",
                "yyyyMMdd                       | 20260115                | 2026-01-15",
                "yyyy                           | 2026                    | 2026",
                "MM/yyyy                        | 01/2026                 | 2026-01",
                "yyyy-MM-dd                     | 2026-01-15              | 2026-01-15",
                "yyyyMMddHHmmss                 | 20260115083000          | 2026-01-15T08:30:00+07:00",
                "yyyy-MM-dd HH:mm:ss            | 2026-01-15 08:30:00     | 2026-01-15T08:30:00+07:00",
                "yyyy-MM-dd'T'HH:mm:ss.SSSXXX   | 2026-01-15T08:30:00.120Z | 2026-01-15T08:30:00.120Z",
                "yyyy-MM-dd'T'HH:mm:ss.SSSXXX   | 2026-01-15T08:30:00.120+07:00 | 2026-01-15T08:30:00.120+07:00",
                "dd/MM/yyyy                     | 15/01/2026              | 2026-01-15",
                "d/M/yyyy                       | 5/1/2026                | 2026-01-05",
                "HH:mm                          | 08:30                   | 08:30",
                "HHmmss                         | 083000                  | 08:30:00",
                "epoch-millis                   | 1763608500000           | 2025-11-20T10:15:00.000+07:00",
                "epoch-seconds                  | 1763608500              | 2025-11-20T10:15:00+07:00",
                "epoch-seconds                  | -1                      | 1970-01-01T07:59:59+08:00",
                "dd/MM/yyyy HH:mm               | 31/12/2025 23:59        | 2025-12-31T23:59+07:00"
            })
    void reads_what_a_partner_writes_and_writes_it_again(String notation, String partners, String ours) {
        DateNotation both = new DateNotation(notation);

        assertThat(both.in(partners)).contains(ours);
        assertThat(both.out(ours)).contains(partners);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dd/MM/yyyy          | 31/02/2026",
                "dd/MM/yyyy          | 29/02/2025",
                "dd/MM/yyyy          | 15/13/2026",
                "dd/MM/yyyy          | 00/01/2026",
                "dd/MM/yyyy          | 1/1/2026",
                "dd/MM/yyyy          | 01/01/26",
                "dd/MM/yyyy          | 2026-01-01",
                "dd/MM/yyyy          | 01/01/2026 00:00",
                "dd/MM/yyyy          | ０１/０１/２０２６",
                "yyyyMMdd            | 2026011",
                "yyyyMMdd            | 202601150",
                "yyyyMMdd            | 00000000",
                "yyyyMMdd            | 2026",
                "yyyy                | 26",
                "yyyy                | 02026",
                "yyyy                | +2026",
                "HH:mm               | 24:00",
                "yyyyMMddHHmmss      | 20260115083060",
                "ddMMyyyy'T'HHmmss'+'SSSS | 20112025T101500+0700x",
                "ddMMyyyy'T'HHmmss'+'SSSS | 20112025T101500+4200",
                "epoch-millis        | 1.5",
                "epoch-millis        | 007",
                "epoch-millis        | 99999999999999999999"
            })
    void refuses_what_is_no_date_in_the_notation(String notation, String partners) {
        assertThat(new DateNotation(notation).in(partners)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dd/MM/yyyy           | 2026                      ", // nobody knows the day
                "dd/MM/yyyy           | 2026-01                   ",
                "yyyy                 | 2026-01-15                ", // a part of it would be lost
                "dd/MM/yyyy           | 2026-01-15T08:30:00+07:00 ",
                "yyyyMMddHHmmss       | 2026-01-15                ",
                "yyyyMMddHHmmss       | 2026-01-15T08:30:00.5+07:00",
                "ddMMyyyy'T'HHmmss'+'SSSS | 2025-11-20T10:15:00.0042+07:00",
                "epoch-seconds        | 2026-01-15T08:30:00.001Z  ",
                "yyyy-MM-dd HH:mm     | 2026-01-15T08:30:01+07:00 ",
                "HH:mm                | 08:30:01                  ",
                "dd/MM/yyyy           | 2026-02-30                ",
                "dd/MM/yyyy           | 15/01/2026                "
            })
    void writes_nothing_that_says_more_or_less_than_the_date(String notation, String ours) {
        assertThat(new DateNotation(notation).out(ours)).isEmpty();
    }

    @Test
    void a_moment_of_another_zone_is_told_in_the_time_of_vietnam() {
        DateNotation local = new DateNotation("yyyyMMddHHmmss");

        assertThat(local.out("2026-01-15T18:30:00Z")).contains("20260116013000");
        assertThat(local.out("2026-01-15T18:30:00")).contains("20260115183000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Ho_Chi_Minh", "UTC"})
    void no_day_is_ever_shifted_wherever_the_bus_runs(String zone) {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        try {
            for (String pattern : List.of("dd/MM/yyyy", "yyyyMMdd", "yyyy/MM/dd", "d/M/yyyy")) {
                DateNotation notation = new DateNotation(pattern);
                DateTimeFormatter written = DateTimeFormatter.ofPattern(pattern.replace('y', 'u'), Locale.ROOT)
                        .withResolverStyle(ResolverStyle.STRICT);
                for (LocalDate day = LocalDate.of(1899, 12, 1); day.getYear() < 2101; day = day.plusDays(1)) {
                    String partners = written.format(day);
                    assertThat(notation.in(partners)).contains(day.toString());
                    assertThat(notation.out(day.toString())).contains(partners);
                }
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dd/MM/yy",
                "dd/MM",
                "MM",
                "dd",
                "mm:ss",
                "HH",
                "yyyyy",
                "YYYY-MM-dd",
                "dd/MM/yyyy HH",
                "hh:mm",
                "dd MMM yyyy",
                "yyyyDDD",
                "EEEE",
                "yyyy-MM-dd XXX",
                "yyyy HH:mm",
                "yyyy-MM-dd HH:mm.SSS",
                "'",
                "dd/MM/yyyy'",
                "epoch",
                "YYYYMMDD",
                "[yyyy]",
                "yyyy{",
                "yyyy#"
            })
    void a_notation_that_leaves_something_to_guess_is_refused(String notation) {
        assertThatThrownBy(() -> new DateNotation(notation)).isInstanceOf(Invalid.class);
    }
}
