package io.mailstream.runtime.logging;

import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * What a service sets up of its logging once its configuration is known. The format and the levels
 * are in {@code logback.xml}; {@code -Dlogback.configurationFile} replaces it.
 */
public final class Logging {

  private static volatile boolean showsAddresses;

  private Logging() {}

  /**
   * Applies the configuration. Until then addresses are masked.
   *
   * @param clearAddresses whether addresses are logged as they are ({@code log.addresses=clear})
   */
  public static void configure(boolean clearAddresses) {
    showsAddresses = clearAddresses;
    // The HTTP server logs by the JDK's own logging.
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
  }

  static boolean showsAddresses() {
    return showsAddresses;
  }
}
