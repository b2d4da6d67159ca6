/** Faces over data sets of photos, on Apache Spark. */
@NullMarked
package io.facepipeline.spark;

import org.jspecify.annotations.NullMarked;
