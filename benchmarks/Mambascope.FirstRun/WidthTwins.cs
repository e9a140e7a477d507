using System.Reflection;
using System.Runtime.Intrinsics;
using Mambascope.Numerics;

namespace Mambascope.FirstRun;

/// <summary>
/// The same method for other registers: a profile that is recorded on a machine with AVX-512 serves one with AVX2, and ARM, too.
/// </summary>
internal static class WidthTwins
{
    private static readonly (Type Width, Type Vector)[] widths =
    [
        (typeof(Width512), typeof(Vector512<float>)),
        (typeof(Width256), typeof(Vector256<float>)),
        (typeof(Width128), typeof(Vector128<float>)),
    ];

    /// <summary>The method itself is among them; nothing for a method that has no width.</summary>
    public static IEnumerable<MethodBase> Of(MethodBase method)
    {
        Type[] arguments = [.. method.DeclaringType!.GetGenericArguments(), .. method.IsGenericMethod ? method.GetGenericArguments() : []];
        var found = Array.FindIndex(widths, width => arguments.Any(argument => IsIn(argument, width.Width)));
        return found < 0 ? [] : widths.Select(width => Twin(method, widths[found], width));
    }

    private static MethodBase Twin(MethodBase method, (Type Width, Type Vector) from, (Type Width, Type Vector) to)
    {
        var definition = method.Module.ResolveMethod(method.MetadataToken)!;
        var twin = MethodBase.GetMethodFromHandle(definition.MethodHandle, Other(method.DeclaringType!, from, to).TypeHandle)!;
        return method.IsGenericMethod
            ? ((MethodInfo)twin).GetGenericMethodDefinition()
                .MakeGenericMethod([.. method.GetGenericArguments().Select(type => Other(type, from, to))])
            : twin;
    }

    private static bool IsIn(Type type, Type width) => type == width || type.GetGenericArguments().Any(argument => IsIn(argument, width));

    // The type with one width for the other, however deep it stands in it.
    private static Type Other(Type type, (Type Width, Type Vector) from, (Type Width, Type Vector) to)
    {
        if (type == from.Width)
        {
            return to.Width;
        }

        if (type == from.Vector)
        {
            return to.Vector;
        }

        if (!type.IsGenericType)
        {
            return type;
        }

        var arguments = type.GetGenericArguments();
        var others = Array.ConvertAll(arguments, argument => Other(argument, from, to));
        return others.SequenceEqual(arguments) ? type : type.GetGenericTypeDefinition().MakeGenericType(others);
    }
}
