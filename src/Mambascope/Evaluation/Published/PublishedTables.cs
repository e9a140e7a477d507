namespace Mambascope.Evaluation.Published;

/// <summary>A line of Table 1: areas under accuracy, in percent (at most 90), predicted class, ImageNet validation.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">The method.</param>
/// <param name="Positive">Most relevant pixels erased first; lower is better.</param>
/// <param name="Negative">Least relevant pixels erased first; higher is better.</param>
public sealed record PublishedPerturbation(PublishedModel Model, PublishedMethod Method, double Positive, double Negative);

/// <summary>A line of Table 2: ImageNet-Segmentation, in percent.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">The method.</param>
/// <param name="PixelAccuracy">pixAcc.</param>
/// <param name="MeanAveragePrecision">mAP.</param>
/// <param name="MeanIoU">mIoU.</param>
public sealed record PublishedSegmentation(
    PublishedModel Model, PublishedMethod Method, double PixelAccuracy, double MeanAveragePrecision, double MeanIoU);

/// <summary>
/// The tables of Ali, Zimerman and Wolf, "The Hidden Attention of Mamba Models": arXiv 2403.01590, version 2, and ACL 2025. Table 1 has the
/// three decimals of arXiv; the line with MambaLRP is in the ACL version only.
/// </summary>
public static class PublishedTables
{
    /// <summary>Where the numbers stand.</summary>
    public const string Source = "Ali, Zimerman, Wolf: The Hidden Attention of Mamba Models, arXiv 2403.01590v2 and ACL 2025";

    /// <summary>Pictures of ImageNet's validation set, which Table 1 is over.</summary>
    public const int ImageNetImages = 50_000;

    /// <summary>Pictures of ImageNet-Segmentation, which Table 2 is over.</summary>
    public const int SegmentationImages = 4_276;

    /// <summary>Table 1.</summary>
    public static IReadOnlyList<PublishedPerturbation> Perturbation { get; } =
    [
        new(PublishedModel.Mamba, PublishedMethod.RawAttention, 17.268, 34.025),
        new(PublishedModel.Transformer, PublishedMethod.RawAttention, 20.687, 40.766),
        new(PublishedModel.Mamba, PublishedMethod.Rollout, 18.806, 41.864),
        new(PublishedModel.Transformer, PublishedMethod.Rollout, 20.594, 43.525),
        new(PublishedModel.Mamba, PublishedMethod.Attribution, 16.619, 39.632),
        new(PublishedModel.Transformer, PublishedMethod.Attribution, 15.351, 48.089),
    ];

    /// <summary>Table 2.</summary>
    public static IReadOnlyList<PublishedSegmentation> Segmentation { get; } =
    [
        new(PublishedModel.Mamba, PublishedMethod.RawAttention, 67.64, 74.88, 45.09),
        new(PublishedModel.Transformer, PublishedMethod.RawAttention, 59.69, 77.25, 36.94),
        new(PublishedModel.Mamba, PublishedMethod.Rollout, 71.01, 80.78, 51.51),
        new(PublishedModel.Transformer, PublishedMethod.Rollout, 66.84, 80.34, 47.85),
        new(PublishedModel.Mamba, PublishedMethod.Attribution, 74.72, 81.70, 54.24),
        new(PublishedModel.Mamba, PublishedMethod.MambaLrp, 71.19, 77.04, 49.98),
        new(PublishedModel.Transformer, PublishedMethod.Attribution, 79.26, 84.85, 60.63),
    ];
}
