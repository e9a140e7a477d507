using System.Numerics;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Cli.Comparing;

/// <summary>
/// Hidden attention beside softmax attention as one picture: a row for each model, matrices at 25, 50 and 75 % of its depth.
/// </summary>
internal static class ComparisonMatrices
{
    internal static RgbImage Render<T>(CompareRequest request, IReadOnlyList<ComparedModel<T>> models)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new MatrixSheet(
            $"Attention of {ComparisonSheet.Listed([.. models.Select(model => model.Name)])} over {Path.GetFileName(request.Input.Path)}",
            [.. models.Select(Row)])
        {
            Subtitle =
                "A bright cell in row i, column j: output token i takes much from input token j. Tokens are patches, row by row from the "
                + "top left of the picture, and the class token "
                + $"where marked; shown are the first {models.Max(model => model.Matrices[0].Tokens)}, at 25, 50 and 75\u00a0% of each "
                + "model's depth. The brightest 1\u00a0% of each matrix share one colour.",
        }.Render();

    private static MatrixSheetRow Row<T>(ComparedModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (network, shown) = (model.Classifier.Model, model.Matrices[0].Tokens);
        var token = network.Facts.ClassToken;
        var kind = network.Facts is { Channels: null, Heads: { } heads }
            ? $"softmax attention of a {model.Kind}: probabilities, mean over {heads} heads, each row of all tokens sums to 1"
            : $"hidden attention of a {model.Kind}: |α|, mean over channels, both scan directions, scaled from the least (0) to the most "
                + "(1) shown";
        var outside = token >= shown ? $"; its class token, {token}, is not among them" : "";
        return new(
            new(model.Name, kind + outside),
            [
                .. model.Matrices.Select(matrix => new MatrixPlot(matrix.Values, matrix.Tokens, matrix.Tokens, $"layer {matrix.Layer}")
                {
                    Subtitle = FormattableString.Invariant($"{100 * matrix.Depth:0} % of the depth; layers are 0 to {network.Depth - 1}"),
                    MarkedToken = token < shown ? token : null,
                    ColorMap = ColorMap.Viridis,
                }),
            ]);
    }
}
