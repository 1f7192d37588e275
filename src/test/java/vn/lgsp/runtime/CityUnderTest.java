package vn.lgsp.runtime;

import java.nio.file.Path;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One city and one bus for all cases of a class: after each both destinations are well, and nothing is left of what it sent. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CityUnderTest {
    GuaranteedCity city;
    TestBus bus;

    /** What the bus of this class is made of. */
    abstract TestBus.Builder bus(GuaranteedCity city);

    @BeforeAll
    final void start(@TempDir Path folder) {
        city = GuaranteedCity.in(folder);
        bus = bus(city).start();
    }

    @AfterEach
    final void beginAnew() {
        city.beginAnew();
    }

    @AfterAll
    final void stop() {
        bus.close();
        city.close();
    }

    static ConditionFactory soon() {
        return GuaranteedCity.soon();
    }

    /** Sends birth {@code number}; gives back its exchange. */
    final String accepted(int number) {
        return city.accepted(bus, number);
    }

    final void arrives(String exchange, String destination, String state) {
        city.arrives(bus, exchange, destination, state);
    }
}
