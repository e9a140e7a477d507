using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>A measure of pictures whose data-set figures are means over them.</summary>
/// <typeparam name="TRecord">What is measured of one map.</typeparam>
public abstract class PictureMeasure<TRecord> : MeanMeasure<PictureCase, TRecord>
{
    /// <inheritdoc/>
    public sealed override CaseKind Kind => CaseKind.Picture;
}
