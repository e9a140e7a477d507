using System.Reflection;

namespace Mambascope.FirstRun;

/// <summary>What a method was compiled for.</summary>
internal static class MethodParts
{
    /// <summary>The types that a generic method, or one of a generic type, is made of: its own and all arguments, however deep.</summary>
    public static IEnumerable<Type> Of(MethodBase method)
    {
        var own = method.IsGenericMethod ? method.GetGenericArguments() : [];
        return own.SelectMany(Below).Concat(Below(method.DeclaringType!));
    }

    private static IEnumerable<Type> Below(Type type)
        => (type.HasElementType ? [type.GetElementType()!] : type.GetGenericArguments()).SelectMany(Below).Prepend(type);
}
