package io.facepipeline.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A data source whose database goes away, or whose commits fail. */
final class BrokenSource implements DataSource {
  private final DataSource source;
  private final List<Connection> open = new ArrayList<>();
  private boolean broken;
  private boolean failing;
  private boolean savedAllTheSame;

  BrokenSource(DataSource source) {
    this.source = source;
  }

  /** The database is away: open connections break, and no other is to be had. */
  synchronized void breakNow() throws SQLException {
    broken = true;
    for (Connection connection : open) {
      connection.close();
    }
    open.clear();
  }

  /** {@return how many connections were not given back} */
  synchronized int held() throws SQLException {
    int held = 0;
    for (Connection connection : open) {
      held += connection.isClosed() ? 0 : 1;
    }
    return held;
  }

  synchronized void mend() {
    broken = false;
  }

  /** The next commit of a change fails, after it was carried out or without. */
  synchronized void failNextCommit(boolean afterSaving) {
    failing = true;
    savedAllTheSame = afterSaving;
  }

  private synchronized boolean takeFailure() {
    boolean now = failing;
    failing = false;
    return now;
  }

  @Override
  public synchronized Connection getConnection() throws SQLException {
    if (broken) {
      throw new SQLException("the database is away", "08001");
    }
    Connection connection = source.getConnection();
    open.add(connection);
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              try {
                if (method.getName().equals("commit")
                    && connection.getTransactionIsolation()
                        == Connection.TRANSACTION_READ_COMMITTED // reading has another
                    && takeFailure()) {
                  if (savedAllTheSame) {
                    connection.commit();
                  }
                  connection.close();
                  throw new SQLException("the line broke", "08006");
                }
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return source.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    source.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    source.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return source.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return source.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return source.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return source.isWrapperFor(type);
  }
}
