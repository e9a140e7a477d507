using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;
using static Mambascope.Attribution.RelevanceArithmetic;

namespace Mambascope.Attribution;

/// <summary>
/// The relevance rules of Transformer-Attribution (Chefer, Gur and Wolf, CVPR 2021; hila-chefer/Transformer-Explainability,
/// modules/layers_ours.py, and layers_lrp.py for the original variant). Relevance R starts as 1 at the explained class. With
/// sd(a, b) = a / (b + 1e-9), and 0 where b = 0:
/// <code>
/// linear            Z = W⁺x⁺ + W⁻x⁻;  R_x = x⁺ ⊙ W⁺ᵀ sd(R, Z) + x⁻ ⊙ W⁻ᵀ sd(R, Z)          (original: the two parts divided apart)
/// sum c = a + b     R_a = a sd(R, c), R_b = b sd(R, c), each then scaled to its share of the total      (original: not scaled)
/// y = A v           R_A = ½ A ⊙ (sd(R, y) vᵀ), R_v = ½ v ⊙ (Aᵀ sd(R, y));   the same for s = q kᵀ, without the 1/sqrt(dh)
/// softmax, norm, GELU   R unchanged
/// read twice        R = x ⊙ sd(sum of R_k, x)
/// class token       R = x sd(R, x);   the same for the tokens at which a language model is scored
/// rotation y        R_x = x ⊙ (turn back sd(R, y))      (text; heads grouped by kind: R unchanged)
/// first layer       z^B rule with the least and the greatest pixel of the image as bounds
/// </code>
/// Totals are per item. Biases are left out.
/// </summary>
internal static class TransformerRelevance
{
    /// <summary>The variant for names of maps; null for the standard one.</summary>
    public static string? Form(AttributionOptions options) => options.LrpVariant == LrpVariant.Original ? "original" : null;

    /// <summary>Rules for every operator of a transformer from the logits to the tokens.</summary>
    public static RuleSet<double> Rules(LrpVariant variant)
        => new RuleSet<double>()
            .For<LinearOperator<double>>((op, replay, R) => LinearRule(op, replay, R, variant))
            .For<SumOperator<double>>((op, replay, R) => SumRule(op, replay, R, variant))
            .For<AttentionMixOperator<double>>(MixRule)
            .For<AttentionProbabilitiesOperator<double>>(ProbabilitiesRule)
            .For<LayerNormOperator<double>>((op, replay, R) => Pass(replay, op.X, R))
            .For<GeluOperator<double>>((op, replay, R) => Pass(replay, op.X, R))
            .For<GeluTanhOperator<double>>((op, replay, R) => Pass(replay, op.X, R))
            .For<PoolTokensOperator<double>>(PoolRule)
            .For<SelectTokensOperator<double>>(SelectRule)
            .For<RotaryOperator<double>>(RotaryRule)
            .ForShared((value, replay, R) => Multiply(replay.Workers, value.Data, R, value.Data, R));

    /// <summary>The same, on to the pixels of an image.</summary>
    public static RuleSet<double> PixelRules(Trace<double> trace, LrpVariant variant)
    {
        var patches = trace.Tape.Operators.OfType<UnfoldOperator<double>>().Single();
        return Rules(variant)
            .For<TokenSequenceOperator<double>>((op, replay, R) => TokenRule(op, replay, R, variant))
            .For<LinearOperator<double>>((op, replay, R) =>
            {
                if (op.X == patches.Output)
                {
                    BoundedRule(op, patches, replay, R);
                }
                else
                {
                    LinearRule(op, replay, R, variant);
                }
            });
    }

    // R_x = x⁺ ⊙ W⁺ᵀ s⁺ + x⁻ ⊙ W⁻ᵀ s⁻ with s = sd(R, Z): at every element one of the two terms is zero, by the sign of x.
    private static void LinearRule(LinearOperator<double> op, Replay<double> replay, Activation<double> R, LrpVariant variant)
    {
        if (replay.Target(op.X) is not { } dx)
        {
            return;
        }

        var (workers, x, s) = (replay.Workers, op.X.Data, replay.Pool.Rent(R.Batch, R.Length, R.Width));
        if (variant == LrpVariant.Rescaled)
        {
            SignedSums.RatioTogether(workers, op, R, s);
            replay.Cancellation.ThrowIfCancellationRequested();
            Linear.BackwardBySign(workers, s, op.W, x, dx.Data, dx.Accumulate);
        }
        else
        {
            var positive = replay.Pool.Rent(R.Batch, R.Length, x.Width);
            var negative = replay.Pool.Rent(R.Batch, R.Length, x.Width);
            foreach (var (part, back) in new[] { (WeightPart.Positive, positive), (WeightPart.Negative, negative) })
            {
                SignedSums.RatioApart(workers, op, part, R, s);
                replay.Cancellation.ThrowIfCancellationRequested();
                Linear.BackwardInput(workers, s, op.W, part, back, accumulate: false);
            }

            AddBySign(workers, x, positive, negative, dx);
            replay.Pool.Return(positive);
            replay.Pool.Return(negative);
        }

        replay.Pool.Return(s);
    }

    private static void SumRule(SumOperator<double> op, Replay<double> replay, Activation<double> R, LrpVariant variant)
    {
        var (a, b) = Split(replay, op.A.Data, op.B.Data, op.Output.Data, R, variant);
        Add(replay, op.A, a);
        Add(replay, op.B, b);
        replay.Pool.Return(a);
        replay.Pool.Return(b);
    }

    // Relevance of both operands of c = a + b; the caller returns the memory.
    private static (
        Activation<double> A,
        Activation<double> B) Split(Replay<double> replay,
        Activation<double> a,
        Activation<double> b,
        Activation<double> c,
        Activation<double> R,
        LrpVariant variant)
    {
        var (ra, rb) = (replay.Pool.Rent(R.Batch, R.Length, R.Width), replay.Pool.Rent(R.Batch, R.Length, R.Width));
        Multiply(replay.Workers, a, R, c, ra);
        Multiply(replay.Workers, b, R, c, rb);
        if (variant == LrpVariant.Rescaled)
        {
            for (var item = 0; item < R.Batch; item++)
            {
                var workers = replay.Workers;
                var (total, totalA, totalB) = (
                    Total(workers, R.Item(item)), Total(workers, ra.Item(item)), Total(workers, rb.Item(item)));
                var all = Math.Abs(totalA) + Math.Abs(totalB);
                Scale(workers, ra.Item(item), Divide(Divide(Math.Abs(totalA), all) * total, totalA));
                Scale(workers, rb.Item(item), Divide(Divide(Math.Abs(totalB), all) * total, totalB));
            }
        }

        return (ra, rb);
    }

    private static void MixRule(AttentionMixOperator<double> op, Replay<double> replay, Activation<double> R)
    {
        var s = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Ratio(replay.Workers, R, op.Output.Data, s);
        if (replay.Target(op.A) is { } da)
        {
            var back = replay.Pool.Rent(op.A.Data.Batch, op.A.Data.Length, op.A.Data.Width);
            HeadProducts.Scores(replay.Workers, s, op.V.Data, op.Heads, back, accumulate: false);
            AddHalf(replay.Workers, op.A.Data, back, da);
            replay.Pool.Return(back);
        }

        if (replay.Target(op.V) is { } dv)
        {
            var back = replay.Pool.Rent(op.V.Data.Batch, op.V.Data.Length, op.V.Data.Width);
            HeadProducts.MixTransposed(replay.Workers, op.A.Data, s, op.Heads, back, accumulate: false);
            AddHalf(replay.Workers, op.V.Data, back, dv);
            replay.Pool.Return(back);
        }

        replay.Pool.Return(s);
    }

    // Softmax and the factor 1/sqrt(dh) pass relevance unchanged, so the rule of the product q kᵀ is all there is.
    private static void ProbabilitiesRule(AttentionProbabilitiesOperator<double> op, Replay<double> replay, Activation<double> R)
    {
        var (dq, dk) = (replay.Target(op.Q), replay.Target(op.K));
        if (dq is null && dk is null)
        {
            return;
        }

        var scores = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        HeadProducts.Scores(replay.Workers, op.Q.Data, op.K.Data, op.Heads, scores, accumulate: false);
        var s = scores;
        Ratio(replay.Workers, R, scores, s);
        var back = replay.Pool.Rent(op.Q.Data.Batch, op.Q.Data.Length, op.Q.Data.Width);
        if (dq is { } toQ)
        {
            HeadProducts.Mix(replay.Workers, s, op.K.Data, op.Heads, back, accumulate: false);
            AddHalf(replay.Workers, op.Q.Data, back, toQ);
        }

        if (dk is { } toK)
        {
            HeadProducts.MixTransposed(replay.Workers, s, op.Q.Data, op.Heads, back, accumulate: false);
            AddHalf(replay.Workers, op.K.Data, back, toK);
        }

        replay.Pool.Return(back);
        replay.Pool.Return(s);
    }

    private static void PoolRule(PoolTokensOperator<double> op, Replay<double> replay, Activation<double> R)
    {
        if (op.Token < 0)
        {
            op.Backward(replay, R);
            return;
        }

        var relevance = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Multiply(replay.Workers, op.Output.Data, R, op.Output.Data, relevance);
        op.Backward(replay, relevance);
        replay.Pool.Return(relevance);
    }

    private static void SelectRule(SelectTokensOperator<double> op, Replay<double> replay, Activation<double> R)
    {
        var relevance = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Multiply(replay.Workers, op.Output.Data, R, op.Output.Data, relevance);
        op.Backward(replay, relevance);
        replay.Pool.Return(relevance);
    }

    // A rotation is linear and mixes two channels; both signs occur in it, so relevance goes back by shares of the sum (LRP-0), which
    // keeps the total: R_x = x ⊙ (turn back sd(R, y)).
    private static void RotaryRule(RotaryOperator<double> op, Replay<double> replay, Activation<double> R)
    {
        if (replay.Target(op.X) is not { } dx)
        {
            return;
        }

        var s = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Ratio(replay.Workers, R, op.Output.Data, s);
        var back = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Rotary.Backward(replay.Workers, s, op.Angles, back, accumulate: false);
        AddProduct(replay.Workers, op.X.Data, back, 1, dx);
        replay.Pool.Return(back);
        replay.Pool.Return(s);
    }

    // tokens = (patches and class token) + positions: the sum's rule; the positions' share ends here, and so does the class token's.
    private static void TokenRule(TokenSequenceOperator<double> op, Replay<double> replay, Activation<double> R, LrpVariant variant)
    {
        if (op.Positions is null)
        {
            op.Backward(replay, R);
            return;
        }

        var values = op.Positions.Values<double>();
        var (content, positions) = (replay.Pool.Rent(R.Batch, R.Length, R.Width), replay.Pool.Rent(R.Batch, R.Length, R.Width));
        for (var row = 0; row < R.Rows; row++)
        {
            var position = values.AsSpan(row % R.Length * R.Width, R.Width);
            position.CopyTo(positions.Row(row));
            op.Content(row / R.Length, row % R.Length).CopyTo(content.Row(row));
        }

        var (a, b) = Split(replay, content, positions, op.Output.Data, R, variant);
        op.Backward(replay, a);
        foreach (var memory in new[] { a, b, content, positions })
        {
            replay.Pool.Return(memory);
        }
    }

    // z^B rule: x in [low, high]. Z = W x - low W⁺1 - high W⁻1 + 1e-9;  R_x = x ⊙ Wᵀ s - low W⁺ᵀ s - high W⁻ᵀ s,  s = R / Z.
    private static void BoundedRule(
        LinearOperator<double> op, UnfoldOperator<double> patches, Replay<double> replay, Activation<double> R)
    {
        if (replay.Target(op.X) is not { } dx)
        {
            return;
        }

        var (x, workers, pool) = (op.X.Data, replay.Workers, replay.Pool);
        Activation<double> Rent(int width) => pool.Rent(R.Batch, R.Length, width);
        Activation<double> z = Rent(R.Width), below = Rent(R.Width), above = Rent(R.Width);
        Activation<double> low = Rent(x.Width), high = Rent(x.Width), back = Rent(x.Width);
        Fill(low, patches.Pixels.Data, (least, _) => least);
        Fill(high, patches.Pixels.Data, (_, greatest) => greatest);
        Linear.Forward(workers, x, WeightPart.All, op.W, WeightPart.All, bias: null, z);
        Linear.Forward(workers, low, WeightPart.All, op.W, WeightPart.Positive, bias: null, below);
        Linear.Forward(workers, high, WeightPart.All, op.W, WeightPart.Negative, bias: null, above);
        for (var row = 0; row < R.Rows; row++)
        {
            for (var i = 0; i < R.Width; i++)
            {
                z.Row(row)[i] = R.Row(row)[i] / (z.Row(row)[i] - below.Row(row)[i] - above.Row(row)[i] + 1e-9);
            }
        }

        AddBack(x, WeightPart.All, 1, dx.Accumulate);
        AddBack(low, WeightPart.Positive, -1, accumulate: true);
        AddBack(high, WeightPart.Negative, -1, accumulate: true);
        foreach (var memory in new[] { z, below, above, low, high, back })
        {
            pool.Return(memory);
        }

        void AddBack(Activation<double> factor, WeightPart part, double sign, bool accumulate)
        {
            Linear.BackwardInput(workers, z, op.W, part, back, accumulate: false);
            AddProduct(workers, factor, back, sign, new(dx.Data, accumulate));
        }
    }

    // Every value of an item: its image's least or greatest pixel.
    private static void Fill(Activation<double> bound, Activation<double> pixels, Func<double, double, double> choose)
    {
        for (var item = 0; item < bound.Batch; item++)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var value in pixels.Item(item).Extent)
            {
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }

            bound.Item(item).Extent.Fill(choose(low, high));
        }
    }

    private static void Pass(Replay<double> replay, Value<double> x, Activation<double> R)
        => Add(replay, x, R);

    private static void Add(Replay<double> replay, Value<double> value, Activation<double> relevance)
    {
        if (replay.Target(value) is { } target)
        {
            Sum.Backward(replay.Workers, relevance, target.Data, target.Accumulate);
        }
    }
}
