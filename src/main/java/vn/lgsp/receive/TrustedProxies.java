package vn.lgsp.receive;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/** The proxies whose word about a request is taken: single addresses, and ranges such as {@code 10.1.0.0/16}. */
final class TrustedProxies {
    /** No name, and no number beyond 255: the JDK would look either up, on the event loop. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(%1$s)(\\.(%1$s)){3}|(?=.*:)[0-9A-Fa-f:.]{2,45}".formatted("25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]"));

    private final List<Range> ranges;

    private record Range(byte[] network, int bits) {
        boolean holds(byte[] address) {
            if (address.length != network.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** @throws IllegalArgumentException when one is neither an address nor a range */
    TrustedProxies(List<String> written) {
        ranges = written.stream().map(TrustedProxies::range).toList();
    }

    private static Range range(String written) {
        String[] parts = written.split("/", -1);
        byte[] network = parts.length > 2 || !ADDRESS.matcher(parts[0]).matches() ? new byte[0] : bytes(parts[0]);
        int most = network.length * 8;
        boolean ranged = parts.length == 2;
        int bits = !ranged ? most : parts[1].matches("[0-9]{1,3}") ? Integer.parseInt(parts[1]) : -1;
        if (most == 0 || bits < 0 || bits > most) {
            throw new IllegalArgumentException("lgsp.receive.trusted-proxies has '" + written
                    + "': write IP addresses and ranges such as 10.1.0.0/16, with commas between");
        }
        return new Range(network, bits);
    }

    /** Nothing where it is no address. */
    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException broken) {
            return new byte[0];
        }
    }

    /** Whether this is the address of one of them; what is no address is not. */
    boolean hold(String address) {
        String plain = address.replaceFirst("%.*$", "");
        if (ranges.isEmpty() || !ADDRESS.matcher(plain).matches()) {
            return false;
        }
        byte[] bytes = bytes(plain);
        return ranges.stream().anyMatch(range -> range.holds(bytes));
    }
}
