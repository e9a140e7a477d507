namespace Mambascope.Evaluation.Datasets;

/// <summary>A picture of one garment on a coloured background, with the exact pixels of the garment.</summary>
/// <param name="Pixels">RGB bytes, (56, 56, 3) row-major.</param>
/// <param name="Label">Class of the garment, an index into <see cref="FashionScenes.ClassNames"/>.</param>
/// <param name="Mask">(56, 56), 1 where the garment covers at least half of what lies beneath it, else 0.</param>
public sealed record FashionScene(byte[] Pixels, int Label, byte[] Mask);

/// <summary>A picture of two garments of different classes whose bounding boxes do not overlap.</summary>
/// <param name="Pixels">RGB bytes, (56, 56, 3) row-major.</param>
/// <param name="FirstLabel">Class of the first garment, an index into <see cref="FashionScenes.ClassNames"/>.</param>
/// <param name="FirstMask">(56, 56), 1 on the first garment, else 0.</param>
/// <param name="SecondLabel">Class of the second garment; never equal to <paramref name="FirstLabel"/>.</param>
/// <param name="SecondMask">(56, 56), 1 on the second garment, else 0.</param>
public sealed record TwoItemScene(byte[] Pixels, int FirstLabel, byte[] FirstMask, int SecondLabel, byte[] SecondMask);
