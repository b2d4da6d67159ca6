/** Pictures: which codec reads them, their headers and limits, EXIF, and writing them. */
@NullMarked
package io.facepipeline.image;

import org.jspecify.annotations.NullMarked;
