/** The program for {@code spark-submit}. */
@NullMarked
package io.facepipeline.spark.command;

import org.jspecify.annotations.NullMarked;
