/** A pipeline and what belongs to it as beans of a Spring Boot application. */
@NullMarked
package io.facepipeline.spring;

import org.jspecify.annotations.NullMarked;
