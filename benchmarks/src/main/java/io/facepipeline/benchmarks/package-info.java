/**
 * JMH benchmarks, one class a stage. JMH makes subclasses of them and calls them from elsewhere, so
 * they are public and not final.
 */
@NullMarked
package io.facepipeline.benchmarks;

import org.jspecify.annotations.NullMarked;
