package io.facepipeline.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source that answers otherwise from some moment on. */
final class SwitchedSource {
  private final DataSource source;
  private volatile @Nullable Supplier<? extends @Nullable Connection> answer;

  SwitchedSource(DataSource source) {
    this.source = source;
  }

  /** From now on every connection is what this gives. */
  void answer(Supplier<? extends @Nullable Connection> connection) {
    answer = connection;
  }

  DataSource source() {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Supplier<? extends @Nullable Connection> now = answer;
              if (now != null && method.getName().equals("getConnection")) {
                return now.get();
              }
              try {
                return method.invoke(source, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
