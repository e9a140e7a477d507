using System.Numerics;
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
    public static RuleSet<T> Rules<T>(LrpVariant variant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new RuleSet<T>()
            .For<LinearOperator<T>>((op, replay, R) => LinearRule(op, replay, R, variant))
            .For<SumOperator<T>>((op, replay, R) => SumRule(op, replay, R, variant))
            .For<AttentionMixOperator<T>>(MixRule)
            .For<AttentionProbabilitiesOperator<T>>(ProbabilitiesRule)
            .For<LayerNormOperator<T>>((op, replay, R) => Pass(replay, op.X, R))
            .For<GeluOperator<T>>((op, replay, R) => Pass(replay, op.X, R))
            .For<PoolTokensOperator<T>>(PoolRule)
            .For<SelectTokensOperator<T>>(SelectRule)
            .For<RotaryOperator<T>>(RotaryRule)
            .ForShared((value, _, R) => Multiply(value.Data, R, value.Data, R));

    /// <summary>The same, on to the pixels of an image.</summary>
    public static RuleSet<T> PixelRules<T>(Trace<T> trace, LrpVariant variant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var patches = trace.Tape.Operators.OfType<UnfoldOperator<T>>().Single();
        return Rules<T>(variant)
            .For<TokenSequenceOperator<T>>((op, replay, R) => TokenRule(op, replay, R, variant))
            .For<LinearOperator<T>>((op, replay, R) =>
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

    private static void LinearRule<T>(LinearOperator<T> op, Replay<T> replay, Activation<T> R, LrpVariant variant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is not { } dx)
        {
            return;
        }

        var (positive, negative) = (new SignedPart<T>(op, replay, 1), new SignedPart<T>(op, replay, -1));
        if (variant == LrpVariant.Rescaled)
        {
            Sum.Accumulate(replay.Workers, positive.Z, negative.Z);
            negative.Z.CopyFrom(positive.Z);
        }

        if (!dx.Accumulate)
        {
            dx.Data.Clear();
        }

        positive.AddRelevance(op, replay, R, dx.Data);
        negative.AddRelevance(op, replay, R, dx.Data);
    }

    private static void SumRule<T>(SumOperator<T> op, Replay<T> replay, Activation<T> R, LrpVariant variant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (a, b) = Split(replay, op.A.Data, op.B.Data, op.Output.Data, R, variant);
        Add(replay, op.A, a);
        Add(replay, op.B, b);
        replay.Pool.Return(a);
        replay.Pool.Return(b);
    }

    // Relevance of both operands of c = a + b; the caller returns the memory.
    private static (
        Activation<T> A,
        Activation<T> B) Split<T>(Replay<T> replay,
        Activation<T> a,
        Activation<T> b,
        Activation<T> c,
        Activation<T> R,
        LrpVariant variant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (ra, rb) = (replay.Pool.Rent(R.Batch, R.Length, R.Width), replay.Pool.Rent(R.Batch, R.Length, R.Width));
        Multiply(a, R, c, ra);
        Multiply(b, R, c, rb);
        if (variant == LrpVariant.Rescaled)
        {
            for (var item = 0; item < R.Batch; item++)
            {
                var (total, totalA, totalB) = (Total(R.Item(item)), Total(ra.Item(item)), Total(rb.Item(item)));
                var all = Math.Abs(totalA) + Math.Abs(totalB);
                Scale(ra.Item(item), T.CreateTruncating(Divide(Divide(Math.Abs(totalA), all) * total, totalA)));
                Scale(rb.Item(item), T.CreateTruncating(Divide(Divide(Math.Abs(totalB), all) * total, totalB)));
            }
        }

        return (ra, rb);
    }

    private static void MixRule<T>(AttentionMixOperator<T> op, Replay<T> replay, Activation<T> R)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = Ratio(replay, R, op.Output.Data);
        if (replay.Target(op.A) is { } da)
        {
            var back = replay.Pool.Rent(op.A.Data.Batch, op.A.Data.Length, op.A.Data.Width);
            HeadProducts.Scores(replay.Workers, s, op.V.Data, op.Heads, back, accumulate: false);
            AddHalf(op.A.Data, back, da);
            replay.Pool.Return(back);
        }

        if (replay.Target(op.V) is { } dv)
        {
            var back = replay.Pool.Rent(op.V.Data.Batch, op.V.Data.Length, op.V.Data.Width);
            HeadProducts.MixTransposed(replay.Workers, op.A.Data, s, op.Heads, back, accumulate: false);
            AddHalf(op.V.Data, back, dv);
            replay.Pool.Return(back);
        }

        replay.Pool.Return(s);
    }

    // Softmax and the factor 1/sqrt(dh) pass relevance unchanged, so the rule of the product q kᵀ is all there is.
    private static void ProbabilitiesRule<T>(AttentionProbabilitiesOperator<T> op, Replay<T> replay, Activation<T> R)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (dq, dk) = (replay.Target(op.Q), replay.Target(op.K));
        if (dq is null && dk is null)
        {
            return;
        }

        var scores = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        HeadProducts.Scores(replay.Workers, op.Q.Data, op.K.Data, op.Heads, scores, accumulate: false);
        var s = Ratio(replay, R, scores);
        replay.Pool.Return(scores);
        var back = replay.Pool.Rent(op.Q.Data.Batch, op.Q.Data.Length, op.Q.Data.Width);
        if (dq is { } toQ)
        {
            HeadProducts.Mix(replay.Workers, s, op.K.Data, op.Heads, back, accumulate: false);
            AddHalf(op.Q.Data, back, toQ);
        }

        if (dk is { } toK)
        {
            HeadProducts.MixTransposed(replay.Workers, s, op.Q.Data, op.Heads, back, accumulate: false);
            AddHalf(op.K.Data, back, toK);
        }

        replay.Pool.Return(back);
        replay.Pool.Return(s);
    }

    private static void PoolRule<T>(PoolTokensOperator<T> op, Replay<T> replay, Activation<T> R)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (op.Token < 0)
        {
            op.Backward(replay, R);
            return;
        }

        var relevance = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Multiply(op.Output.Data, R, op.Output.Data, relevance);
        op.Backward(replay, relevance);
        replay.Pool.Return(relevance);
    }

    private static void SelectRule<T>(SelectTokensOperator<T> op, Replay<T> replay, Activation<T> R)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var relevance = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Multiply(op.Output.Data, R, op.Output.Data, relevance);
        op.Backward(replay, relevance);
        replay.Pool.Return(relevance);
    }

    // A rotation is linear and mixes two channels; both signs occur in it, so relevance goes back by shares of the sum (LRP-0), which
    // keeps the total: R_x = x ⊙ (turn back sd(R, y)).
    private static void RotaryRule<T>(RotaryOperator<T> op, Replay<T> replay, Activation<T> R)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is not { } dx)
        {
            return;
        }

        var s = Ratio(replay, R, op.Output.Data);
        var back = replay.Pool.Rent(R.Batch, R.Length, R.Width);
        Rotary.Backward(replay.Workers, s, op.Angles, back, accumulate: false);
        for (var row = 0; row < R.Rows; row++)
        {
            var from = op.X.Data.Row(row);
            var with = back.Row(row);
            var to = dx.Data.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var value = from[i] * with[i];
                to[i] = dx.Accumulate ? to[i] + value : value;
            }
        }

        replay.Pool.Return(back);
        replay.Pool.Return(s);
    }

    // tokens = (patches and class token) + positions: the sum's rule; the positions' share ends here, and so does the class token's.
    private static void TokenRule<T>(TokenSequenceOperator<T> op, Replay<T> replay, Activation<T> R, LrpVariant variant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (op.Positions is null)
        {
            op.Backward(replay, R);
            return;
        }

        var values = op.Positions.Values<T>();
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
    private static void BoundedRule<T>(LinearOperator<T> op, UnfoldOperator<T> patches, Replay<T> replay, Activation<T> R)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(op.X) is not { } dx)
        {
            return;
        }

        var (x, workers) = (op.X.Data, replay.Workers);
        var (positive, negative) = (Part(op.W, 1), Part(op.W, -1));
        var (z, bound) = (replay.Pool.Rent(R.Batch, R.Length, R.Width), replay.Pool.Rent(x.Batch, x.Length, x.Width));
        var (below, above, back) = (
            replay.Pool.Rent(R.Batch, R.Length, R.Width),
            replay.Pool.Rent(R.Batch, R.Length, R.Width),
            replay.Pool.Rent(x.Batch, x.Length, x.Width));
        Linear.Forward(workers, x, op.W, bias: null, z);
        Fill(bound, patches.Pixels.Data, (low, _) => low);
        Linear.Forward(workers, bound, positive, bias: null, below);
        Fill(bound, patches.Pixels.Data, (_, high) => high);
        Linear.Forward(workers, bound, negative, bias: null, above);
        for (var row = 0; row < R.Rows; row++)
        {
            for (var i = 0; i < R.Width; i++)
            {
                z.Row(row)[i] = R.Row(row)[i] / (z.Row(row)[i] - below.Row(row)[i] - above.Row(row)[i] + T.CreateTruncating(1e-9));
            }
        }

        if (!dx.Accumulate)
        {
            dx.Data.Clear();
        }

        AddProduct(x, op.W, T.One);
        Fill(bound, patches.Pixels.Data, (low, _) => low);
        AddProduct(bound, positive, -T.One);
        Fill(bound, patches.Pixels.Data, (_, high) => high);
        AddProduct(bound, negative, -T.One);
        foreach (var memory in new[] { z, bound, below, above, back })
        {
            replay.Pool.Return(memory);
        }

        void AddProduct(Activation<T> factor, Weight w, T sign)
        {
            Linear.BackwardInput(workers, z, w, back, accumulate: false);
            for (var row = 0; row < back.Rows; row++)
            {
                var with = factor.Row(row);
                var from = back.Row(row);
                var to = dx.Data.Row(row);
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] += sign * with[i] * from[i];
                }
            }
        }
    }

    // Every value of an item: its image's least or greatest pixel.
    private static void Fill<T>(Activation<T> bound, Activation<T> pixels, Func<T, T, T> choose)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var item = 0; item < bound.Batch; item++)
        {
            var (low, high) = (T.PositiveInfinity, T.NegativeInfinity);
            foreach (var value in pixels.Item(item).Extent)
            {
                (low, high) = (T.Min(low, value), T.Max(high, value));
            }

            bound.Item(item).Extent.Fill(choose(low, high));
        }
    }

    private static void Pass<T>(Replay<T> replay, Value<T> x, Activation<T> R)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Add(replay, x, R);

    private static void Add<T>(Replay<T> replay, Value<T> value, Activation<T> relevance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (replay.Target(value) is { } target)
        {
            Sum.Backward(replay.Workers, relevance, target.Data, target.Accumulate);
        }
    }
}
