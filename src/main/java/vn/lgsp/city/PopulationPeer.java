package vn.lgsp.city;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.xml.namespace.QName;
import org.apache.cxf.Bus;
import org.apache.cxf.BusFactory;
import org.apache.cxf.bus.extension.ExtensionManagerBus;
import org.apache.cxf.buslifecycle.BusLifeCycleManager;
import org.apache.cxf.common.logging.LogUtils;
import org.apache.cxf.common.logging.Slf4jLogger;
import org.apache.cxf.jaxws.EndpointImpl;
import org.apache.cxf.transport.http.netty.server.NettyHttpServerEngine;
import org.apache.cxf.transport.http.netty.server.NettyHttpServerEngineFactory;

/**
 * The population system: a CXF JAX-WS server for SOAP 1.1 with its contracts at {@code ?wsdl}, as the owner of a legacy system
 * would run it (wire-formats 7.1). It is asked for citizens, and told of deaths.
 */
final class PopulationPeer implements SampleCity.Peer {
    static final String PATH = "/dancu/1.0/tracuu";
    static final String DEATHS = "/dancu/1.0/khaitu";
    static final String USER = "lgsp-h99";
    static final String SECRET = "sample-secret-population";

    private static final int THREADS = 16;

    private final Bus bus;
    private final List<EndpointImpl> endpoints;
    private final int port;
    private final EventLoopGroup acceptor;

    private PopulationPeer(Bus bus, List<EndpointImpl> endpoints, int port, EventLoopGroup acceptor) {
        this.bus = bus;
        this.endpoints = endpoints;
        this.port = port;
        this.acceptor = acceptor;
    }

    /** Returns when the server answers. */
    static PopulationPeer start(int port, Path connectors, Clock clock) {
        Path lookups = contract(connectors, "population-v1.wsdl");
        Path notices = contract(connectors, "population-death-v1.wsdl");
        LogUtils.setLoggerClass(Slf4jLogger.class);
        // A bus of its own, so that the LGSP bus may use CXF in the same process without meeting this one.
        Bus bus = new ExtensionManagerBus();
        Bus before = BusFactory.getAndSetThreadDefaultBus(bus);
        try {
            EventLoopGroup acceptor = onLoopback(bus, port);
            EndpointImpl lookup = endpoint(bus, new CitizenLookup(Citizen.invented()), lookups, url(port, PATH), clock);
            lookup.setServiceName(new QName(CitizenLookup.REQUEST, "DanCuService"));
            lookup.setEndpointName(new QName(CitizenLookup.REQUEST, "DanCuPort"));
            EndpointImpl deaths = endpoint(bus, new DeathRegister(), notices, url(port, DEATHS), clock);
            deaths.setServiceName(new QName(DeathRegister.NAMESPACE, "KhaiTuService"));
            deaths.setEndpointName(new QName(DeathRegister.NAMESPACE, "KhaiTuPort"));
            PopulationPeer peer = new PopulationPeer(bus, List.of(lookup, deaths), port, acceptor);
            try {
                lookup.publish(url(port, PATH));
                deaths.publish(url(port, DEATHS));
                return peer;
            } catch (RuntimeException failed) {
                peer.close();
                throw failed;
            }
        } finally {
            BusFactory.setThreadDefaultBus(before);
        }
    }

    private static Path contract(Path connectors, String name) {
        Path contract = connectors.resolve("population/contract").resolve(name);
        if (!Files.isReadable(contract)) {
            throw new IllegalStateException("the sample city's contract " + contract
                    + " is not there: start in the product's folder, or set lgsp.city.enabled=false");
        }
        return contract;
    }

    private static String url(int port, String path) {
        return "http://" + SampleCity.HOST + ":" + port + path;
    }

    private static EndpointImpl endpoint(Bus bus, Object operation, Path contract, String url, Clock clock) {
        EndpointImpl endpoint = new EndpointImpl(bus, operation);
        endpoint.setWsdlLocation(contract.toUri().toString());
        // The contract shows this address; what a caller signs must be the same.
        endpoint.setPublishedEndpointUrl(url);
        endpoint.getInInterceptors().add(new CredentialCheck(url, clock));
        endpoint.getInInterceptors().add(new HeldBody());
        return endpoint;
    }

    /** Without this the engine would open the port on every address of the machine, with threads by the dozen. */
    private static EventLoopGroup onLoopback(Bus bus, int port) {
        NettyHttpServerEngineFactory engines = bus.getExtension(NettyHttpServerEngineFactory.class);
        // The factory would stop the servers of every bus in this process when this bus ends.
        bus.getExtension(BusLifeCycleManager.class).unregisterLifeCycleListener(engines);
        ThreadFactory threads = new DefaultThreadFactory("city-population", true);
        try {
            NettyHttpServerEngine engine = engines.createNettyHttpServerEngine(SampleCity.HOST, port, "http");
            EventLoopGroup acceptor = new NioEventLoopGroup(1, threads);
            engine.setBossGroup(acceptor);
            engine.setWorkerGroup(new NioEventLoopGroup(1, threads));
            engine.setApplicationExecutor(new DefaultEventExecutorGroup(THREADS, threads));
            return acceptor;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        endpoints.forEach(EndpointImpl::stop);
        // The engine alone would leave the port open for a while after this call.
        acceptor.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        NettyHttpServerEngineFactory.destroyForPort(port);
        bus.shutdown(true);
    }
}
