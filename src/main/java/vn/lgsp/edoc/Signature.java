package vn.lgsp.edoc;

/**
 * What a received packet has of a signature. It is passed on with the packet's bytes, and never made: the signature that counts is inside
 * the document.
 */
public enum Signature {
    NONE,
    /** An element without content. */
    EMPTY,
    /** Present, but in no namespace that anybody could verify it by. */
    NOT_VERIFIABLE,
    /** Present, in the namespace of XML-DSig; not verified. */
    XML_DSIG,
    /** The same, and it fits the packet, by the certificate that it brings: nothing has changed since. */
    FITS
}
