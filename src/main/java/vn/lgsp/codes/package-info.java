/**
 * Tables of codes taken over from shared catalogues: what is read, what would change, and the file that comes of it (EXT-29, MDM-02).
 * Knows tables and words; asks nobody and writes no file.
 */
@NullMarked
package vn.lgsp.codes;

import org.jspecify.annotations.NullMarked;
