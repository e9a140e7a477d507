using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Evaluation.Measures.Texts;

/// <summary>Charts of mean curves over questions.</summary>
internal static class TextCurves
{
    /// <summary>A chart over <see cref="TextSteps.Shares"/>, as high as its highest point.</summary>
    public static MeasureCurves Of(
        string key, string title, string xLabel, string yLabel, IReadOnlyList<MethodLines> methods, Func<MethodLines, double[][]> curves)
    {
        (string Name, IReadOnlyList<(double X, double Y)> Points)[] series =
        [
            .. methods.Select(method =>
            {
                var all = curves(method);
                return (
                    method.Name,
                    (IReadOnlyList<(double, double)>)
                        [.. TextSteps.Shares.Select((share, step) => (100 * share, all.Average(curve => curve[step])))]);
            }),
        ];
        double[] heights = [.. series.SelectMany(each => each.Points).Select(point => point.Y)];
        return new(key, title, xLabel, yLabel, series)
        {
            YMinimum = Math.Min(0, heights.DefaultIfEmpty(0).Min()),
            YMaximum = Math.Max(heights.DefaultIfEmpty(0).Max(), 1e-6),
        };
    }
}
