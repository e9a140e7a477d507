using Mambascope.Numerics;

namespace Mambascope.Autodiff;

/// <summary>
/// Relevance rules: for some kinds of operator another way back than the gradient. Operators without a rule keep their gradient.
/// Rules live beside the attribution method that defines them.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class RuleSet<T>
    where T : unmanaged
{
    private readonly Dictionary<Type, Action<Operator<T>, Replay<T>, Activation<T>>> rules = [];

    /// <summary>What is done to summed adjoints of values that several operators read; see <see cref="ForShared"/>.</summary>
    internal Action<Value<T>, Replay<T>, Activation<T>>? Shared { get; private set; }

    /// <summary>Sets the rule of one kind of operator; the arguments are those of <see cref="Operator{T}.Backward"/>.</summary>
    public RuleSet<T> For<TOperator>(Action<TOperator, Replay<T>, Activation<T>> rule)
        where TOperator : Operator<T>
    {
        rules[typeof(TOperator)] = (op, replay, dOutput) => rule((TOperator)op, replay, dOutput);
        return this;
    }

    /// <summary>
    /// Sets what is done to the summed adjoint of a value that several operators read (a residual stream at a branch), before it is
    /// passed on: changes it in place. The gradient needs nothing there.
    /// </summary>
    public RuleSet<T> ForShared(Action<Value<T>, Replay<T>, Activation<T>> rule)
    {
        Shared = rule;
        return this;
    }

    /// <summary>
    /// Takes over the rules of another set, so that a model with the operators of both is gone back through by both: rules are per operator, and
    /// what the other has a rule for too stays as it is here.
    /// </summary>
    public RuleSet<T> And(RuleSet<T> other)
    {
        foreach (var (kind, rule) in other.rules)
        {
            rules.TryAdd(kind, rule);
        }

        Shared ??= other.Shared;
        return this;
    }

    internal void Apply(Operator<T> op, Replay<T> replay, Activation<T> dOutput)
    {
        if (rules.TryGetValue(op.GetType(), out var rule))
        {
            rule(op, replay, dOutput);
        }
        else
        {
            op.Backward(replay, dOutput);
        }
    }
}
