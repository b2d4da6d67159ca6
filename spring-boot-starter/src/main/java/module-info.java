/** Beans of a Spring Boot application: a pipeline, its gallery, a face tracker. */
module io.facepipeline.spring.boot.starter {
  requires static com.fasterxml.jackson.annotation; // on Spring's types
  requires static io.facepipeline.jdbc;
  requires transitive io.facepipeline.models;
  requires java.sql;
  requires static micrometer.core;
  requires static transitive org.jspecify;
  requires spring.beans;
  requires spring.boot;
  requires static spring.boot.actuator;
  requires spring.boot.autoconfigure;
  requires static spring.boot.health;
  requires spring.context;
  requires spring.core;
  requires static spring.web;

  exports io.facepipeline.spring;

  opens io.facepipeline.spring; // Spring creates what is package-private
}
