package io.facepipeline.cli.serve;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets through only what this server's own page asks for. Another page in the same browser may send
 * requests to a server on this machine, and a name of its own may be made to lead here; the first
 * is known by the request's origin, the second by its host.
 */
final class RequestGuard {
  private final Set<String> hosts = new HashSet<>();

  /** Whether the server listens at more than one address, so that any of them may be meant. */
  private final boolean anyAddress;

  RequestGuard(String host, Set<String> allowedHosts) {
    hosts.add("localhost");
    hosts.add("127.0.0.1");
    hosts.add("::1");
    hosts.add(host.toLowerCase(Locale.ROOT));
    allowedHosts.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    anyAddress =
        InetAddresses.isInetAddress(host) && InetAddresses.forString(host).isAnyLocalAddress();
  }

  /**
   * Checks a request.
   *
   * @throws RefusedException if it is not one of this server's own page
   */
  void check(Context context) {
    check(context.path(), context::header);
  }

  /** As {@link #check(Context)}, before a request is a route's. */
  void check(String path, Function<String, @Nullable String> header) {
    String host = header.apply("Host");
    if (!isOwn(host)) {
      throw new RefusedException(
          HttpStatus.MISDIRECTED_REQUEST,
          host == null
              ? "the request names no host"
              : "this server is not known as " + host + "; allow the name with --allow-host");
    }
    String origin = header.apply("Origin");
    boolean foreign =
        origin == null
            ? "cross-site".equals(header.apply("Sec-Fetch-Site")) && !isPage(path)
            : !origin.equals("http://" + host) && !origin.equals("https://" + host);
    if (foreign) {
      throw new RefusedException(
          HttpStatus.FORBIDDEN,
          "only this server's own page may send requests"
              + (origin == null ? "" : "; this came from " + origin));
    }
  }

  /** A link from another site may lead to the page itself. */
  private static boolean isPage(String path) {
    return Page.FILES.containsKey(path);
  }

  boolean isOwn(@Nullable String header) {
    if (header == null) {
      return false;
    }
    String host;
    try {
      host = HostAndPort.fromString(header).getHost().toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return false; // no host at all
    }
    // An address in numbers cannot be a name that someone else has made to lead here.
    return hosts.contains(host) || (anyAddress && InetAddresses.isInetAddress(host));
  }
}
