package vn.lgsp.bench;

/** Loads one address and tells what it saw. */
interface Generator {
    String name();

    /** @param name of the measurement, a file name */
    Sample load(String name, int port, Load load);
}
