package vn.lgsp.deliver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Which IP addresses a registered system may have: whatever DNS answers, the bus connects to no other (BUS-20). */
final class Addresses {
    private Addresses() {}

    /** Whether {@code address} is one of {@code allowed}: IP addresses, or networks such as {@code 10.1.0.0/16}. */
    static boolean allows(List<String> allowed, InetAddress address) {
        return allowed.stream().anyMatch(entry -> matches(entry, address.getAddress()));
    }

    private static boolean matches(String entry, byte[] address) {
        int slash = entry.indexOf('/');
        byte[] network = literal(slash < 0 ? entry : entry.substring(0, slash));
        int bits = slash < 0 ? network.length * 8 : Integer.parseInt(entry.substring(slash + 1));
        if (network.length != address.length || bits > network.length * 8) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((network[bit / 8] & mask) != (address[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Whether this text is an IP address and needs no look-up. */
    static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }

    /** The bytes of an IP address; never asks a name server. */
    static byte[] literal(String address) {
        if (!isLiteral(address)) {
            throw new IllegalArgumentException("'" + address + "' is not an IP address");
        }
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException broken) {
            throw new IllegalArgumentException("'" + address + "' is not an IP address", broken);
        }
    }
}
