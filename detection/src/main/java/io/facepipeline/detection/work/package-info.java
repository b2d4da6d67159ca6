/** The working memory of detectors: candidates, their suppression, buffers. */
@NullMarked
package io.facepipeline.detection.work;

import org.jspecify.annotations.NullMarked;
