package vn.lgsp.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncProcessor;

/**
 * One deployed revision of a service: its route, and the count of exchanges inside.
 *
 * @param id {@code service~digest}; also the id of its route
 * @param unit digest of all files of the service, in hexadecimal
 */
record Revision(String id, String unit, AsyncProcessor processor, AtomicInteger inside) {}
