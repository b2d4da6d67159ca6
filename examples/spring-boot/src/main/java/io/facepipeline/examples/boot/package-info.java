/** A service on Spring Boot. */
@NullMarked
package io.facepipeline.examples.boot;

import org.jspecify.annotations.NullMarked;
