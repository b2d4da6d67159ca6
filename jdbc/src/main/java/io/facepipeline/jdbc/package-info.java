/** Galleries in a database that several JVMs share. */
@NullMarked
package io.facepipeline.jdbc;

import org.jspecify.annotations.NullMarked;
