using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// Floating-point operations and bytes of a language model, from its sizes alone: linear layers, scans and attention products, as
/// <see cref="MambaWork"/> and <see cref="TransformerWork"/> count them. Only the last token of a text is scored.
/// </summary>
internal sealed class LanguageWork(ILanguageModel model)
{
    // Of Mamba: Delta A, exp, Delta B, times u, decay h, add, C h, add. Of Mamba-2, whose heads share decay and Delta u: B u, decay S, add, C S, add.
    private const double ScanStep = 8;
    private const double HeadScanStep = 5;

    // Delta A, exp, v C, add to G, B G, add, decay G; without the exponent where heads share it.
    private const double RowStep = 7;
    private const double HeadRowStep = 5;

    /// <summary>Reading a text of some tokens.</summary>
    internal double Prefill(int tokens) => ((double)tokens * (Layers + Scans(ScanStep, HeadScanStep))) + (model.Depth * Attention(tokens)) + Head;

    /// <summary>A row of every channel's matrix in every layer.</summary>
    internal double Rows(int tokens) => tokens * Scans(RowStep, HeadRowStep);

    /// <summary>Every entry of every channel's matrix of one layer: L (L + 1) / 2 pairs of E N multiply-adds, of G N and one for each head where heads share them.</summary>
    internal double Matrix(int tokens) => tokens * (tokens + 1.0) * model switch
    {
        Mamba { Config: var c } => c.InnerWidth * (double)c.StateSize,
        Mamba2 { Config: var c } => (c.Groups * (double)c.StateSize) + c.Heads,
        _ => 0,
    };

    /// <summary>Bytes of weights that one token needs: all but an embedding that is not the head as well.</summary>
    internal double DecodeBytes => model.AllWeights.Where(weight => !IsLookedUp(weight)).Sum(weight => (double)weight.Count * (weight.Format == WeightFormat.F32 ? sizeof(float) : sizeof(ushort)));

    private double Head => 2.0 * model.VocabularySize * model.Width;

    // All matrices that a token passes: two operations a value.
    private double Layers => 2.0 * model.AllWeights.Where(weight => weight.Shape.Count == 2 && weight.Name.Contains(".layers.", StringComparison.Ordinal) && weight.Name.EndsWith(".weight", StringComparison.Ordinal)).Sum(weight => (double)weight.Count);

    private bool IsLookedUp(Weight weight) => weight == model switch
    {
        Mamba { Config.IsHeadTied: false, Weights: var w } => w.Embedding,
        Mamba2 { Config.IsHeadTied: false, Weights: var w } => w.Embedding,
        GptNeoX { Config.IsHeadTied: false, Weights: var w } => w.Embedding,
        _ => null,
    };

    private double Scans(double step, double headStep) => model.Depth * model switch
    {
        Mamba { Config: var c } => step * c.InnerWidth * c.StateSize,
        Mamba2 { Config: var c } => headStep * c.InnerWidth * c.StateSize,
        _ => 0,
    };

    // q k and A v of all pairs up to the diagonal.
    private double Attention(int tokens) => model is GptNeoX ? 2.0 * tokens * (tokens + 1.0) * model.Width : 0;
}
