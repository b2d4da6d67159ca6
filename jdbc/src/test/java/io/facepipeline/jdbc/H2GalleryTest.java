package io.facepipeline.jdbc;

import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class H2GalleryTest extends DatabaseGalleryContract {
  private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

  @Override
  DataSource database() {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL(url);
    return source;
  }
}
