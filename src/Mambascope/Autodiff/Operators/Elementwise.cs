using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = f(x) at every place. Each function's operator is a type of its own, because relevance rules are set by type.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TFunction">The function.</typeparam>
internal abstract class ElementwiseOperator<T, TFunction>(Value<T> x, Value<T> output) : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFunction : struct, IVectorFunction
{
    /// <summary>x (Batch, L, Width).</summary>
    public Value<T> X { get; } = x;

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; } = output;

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is { } dx)
        {
            FunctionOverTokens.Backward<TFunction, T>(replay.Workers, X.Data, dOutput, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>y = silu(x); see <see cref="Silu"/>.</summary>
internal sealed class SiluOperator<T>(Value<T> x, Value<T> output) : ElementwiseOperator<T, Silu>(x, output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>y = softplus(x); see <see cref="Softplus"/>.</summary>
internal sealed class SoftplusOperator<T>(Value<T> x, Value<T> output) : ElementwiseOperator<T, Softplus>(x, output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>y = gelu(x); see <see cref="Gelu"/>.</summary>
internal sealed class GeluOperator<T>(Value<T> x, Value<T> output) : ElementwiseOperator<T, Gelu>(x, output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>y = relu(x); see <see cref="Relu"/>.</summary>
internal sealed class ReluOperator<T>(Value<T> x, Value<T> output) : ElementwiseOperator<T, Relu>(x, output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>y = gelu(x) in GPT-2's form; see <see cref="GeluTanh"/>.</summary>
internal sealed class GeluTanhOperator<T>(Value<T> x, Value<T> output) : ElementwiseOperator<T, GeluTanh>(x, output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>y = max(x, 0)²; see <see cref="ReluSquared"/>.</summary>
internal sealed class ReluSquaredOperator<T>(Value<T> x, Value<T> output) : ElementwiseOperator<T, ReluSquared>(x, output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>Puts functions of one number on a tape. Results have the shape of x.</summary>
public static class ElementwiseExtensions
{
    /// <summary>silu(x).</summary>
    public static Value<T> Silu<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Record(new SiluOperator<T>(x, Apply<T, Silu>(tape, x)));

    /// <summary>softplus(x).</summary>
    public static Value<T> Softplus<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Record(new SoftplusOperator<T>(x, Apply<T, Softplus>(tape, x)));

    /// <summary>gelu(x).</summary>
    public static Value<T> Gelu<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Record(new GeluOperator<T>(x, Apply<T, Gelu>(tape, x)));

    /// <summary>max(x, 0).</summary>
    public static Value<T> Relu<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Record(new ReluOperator<T>(x, Apply<T, Relu>(tape, x)));

    /// <summary>gelu(x) in GPT-2's form.</summary>
    public static Value<T> GeluTanh<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Record(new GeluTanhOperator<T>(x, Apply<T, GeluTanh>(tape, x)));

    /// <summary>max(x, 0)².</summary>
    public static Value<T> ReluSquared<T>(this Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => tape.Record(new ReluSquaredOperator<T>(x, Apply<T, ReluSquared>(tape, x)));

    private static Value<T> Apply<T, TFunction>(Tape<T> tape, Value<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IVectorFunction
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        FunctionOverTokens.Forward<TFunction, T>(tape.Workers, x.Data, y.Data);
        return y;
    }
}
