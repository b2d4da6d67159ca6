/** Sorting the faces of an unlabelled album into people. */
@NullMarked
package io.facepipeline.classify.cluster;

import org.jspecify.annotations.NullMarked;
