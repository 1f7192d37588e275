package vn.lgsp.torture;

import java.util.Random;

/** What the seed decides. Every question has its own source, so that threads do not disturb each other's answers. */
final class Chance {
    private Chance() {}

    /** @param question such as {@code kills}, or the id of a delivery and the number of its attempt */
    static Random of(long seed, String question) {
        long mixed = (seed * 0x9E37_79B9_7F4A_7C15L) ^ ((long) question.hashCode() * 0xC2B2_AE3D_27D4_EB4FL);
        return new Random(mixed ^ (mixed >>> 31));
    }
}
