/** One gallery for many JVMs, kept in a database. */
module io.facepipeline.jdbc {
  requires com.google.common;
  requires com.google.gson;
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires transitive io.facepipeline.gallery;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires static org.checkerframework.checker.qual;
  requires static org.postgresql.jdbc;

  exports io.facepipeline.jdbc;
}
