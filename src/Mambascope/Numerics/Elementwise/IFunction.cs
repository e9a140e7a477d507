using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>A function y = f(x) of one number and its way back, for any element type: definition, and oracle of the fast form.</summary>
internal interface IFunction
{
    /// <summary>f(x).</summary>
    static abstract T Value<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>dx = dy f'(x).</summary>
    static abstract T Adjoint<T>(T x, T dy)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>The same function for registers of any width; every lane for itself.</summary>
internal interface IVectorFunction : IFunction
{
    /// <summary>f(x).</summary>
    static abstract TVector Value<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;

    /// <summary>dx = dy f'(x).</summary>
    static abstract TVector Adjoint<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;

    /// <summary>Whether doubles have a form in registers as well; where not, they go one by one.</summary>
    static virtual bool TakesDoubles => false;

    /// <summary>f(x), in double precision.</summary>
    static virtual TVector ValueOfDoubles<TWidth, TVector>(TVector x)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
        => throw new NotSupportedException();

    /// <summary>dx = dy f'(x), in double precision.</summary>
    static virtual TVector AdjointOfDoubles<TWidth, TVector>(TVector x, TVector dy)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
        => throw new NotSupportedException();
}
