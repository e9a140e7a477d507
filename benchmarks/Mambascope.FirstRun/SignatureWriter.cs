using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Mambascope.FirstRun;

/// <summary>Names loaded methods and types in the metadata of another assembly (ECMA-335, II.23.2).</summary>
internal sealed class SignatureWriter(MetadataBuilder metadata)
{
    private static readonly Dictionary<Type, Action<SignatureTypeEncoder>> simple = new()
    {
        [typeof(bool)] = to => to.Boolean(),
        [typeof(char)] = to => to.Char(),
        [typeof(sbyte)] = to => to.SByte(),
        [typeof(byte)] = to => to.Byte(),
        [typeof(short)] = to => to.Int16(),
        [typeof(ushort)] = to => to.UInt16(),
        [typeof(int)] = to => to.Int32(),
        [typeof(uint)] = to => to.UInt32(),
        [typeof(long)] = to => to.Int64(),
        [typeof(ulong)] = to => to.UInt64(),
        [typeof(float)] = to => to.Single(),
        [typeof(double)] = to => to.Double(),
        [typeof(nint)] = to => to.IntPtr(),
        [typeof(nuint)] = to => to.UIntPtr(),
        [typeof(string)] = to => to.String(),
        [typeof(object)] = to => to.Object(),
    };

    private readonly Dictionary<Assembly, AssemblyReferenceHandle> assemblies = [];
    private readonly Dictionary<Type, EntityHandle> types = [];

    /// <summary>The signature of a static method without arguments and result.</summary>
    public BlobHandle NoArguments() => Blob(to => to.MethodSignature().Parameters(0, result => result.Void(), _ => { }));

    /// <summary>The token of a method with all its type arguments.</summary>
    /// <exception cref="NotSupportedException">
    /// It has a type that is not written here: an array of several dimensions, a function pointer.
    /// </exception>
    public EntityHandle Token(MethodBase method)
    {
        // A reference has the signature of the definition, whose type parameters are numbers.
        var definition = method.Module.ResolveMethod(method.MetadataToken)!;
        var parameters = definition.GetParameters();
        var arity = definition.IsGenericMethod ? definition.GetGenericArguments().Length : 0;
        var signature = Blob(to => to.MethodSignature(SignatureCallingConvention.Default, arity, !definition.IsStatic).Parameters(
            parameters.Length,
            result => Result(result, (definition as MethodInfo)?.ReturnParameter),
            each =>
            {
                foreach (var parameter in parameters)
                {
                    Parameter(each.AddParameter(), parameter);
                }
            }));
        var member = metadata.AddMemberReference(Type(method.DeclaringType!), metadata.GetOrAddString(method.Name), signature);
        return method.IsGenericMethod
            ? metadata.AddMethodSpecification(member, Blob(to =>
            {
                var arguments = to.MethodSpecificationSignature(arity);
                foreach (var argument in method.GetGenericArguments())
                {
                    Write(arguments.AddArgument(), argument);
                }
            }))
            : member;
    }

    private BlobHandle Blob(Action<BlobEncoder> write)
    {
        var builder = new BlobBuilder();
        write(new(builder));
        return metadata.GetOrAddBlob(builder);
    }

    private void Result(ReturnTypeEncoder to, ParameterInfo? result)
    {
        if (result is null || result.ParameterType == typeof(void))
        {
            to.Void();
            return;
        }

        Modifiers(to.CustomModifiers(), result);
        var type = result.ParameterType;
        Write(to.Type(type.IsByRef), type.IsByRef ? type.GetElementType()! : type);
    }

    private void Parameter(ParameterTypeEncoder to, ParameterInfo parameter)
    {
        Modifiers(to.CustomModifiers(), parameter);
        var type = parameter.ParameterType;
        Write(to.Type(type.IsByRef), type.IsByRef ? type.GetElementType()! : type);
    }

    private void Modifiers(CustomModifiersEncoder to, ParameterInfo parameter)
    {
        foreach (var modifier in parameter.GetRequiredCustomModifiers())
        {
            to.AddModifier(Type(modifier), isOptional: false);
        }

        foreach (var modifier in parameter.GetOptionalCustomModifiers())
        {
            to.AddModifier(Type(modifier), isOptional: true);
        }
    }

    private EntityHandle Type(Type type)
    {
        if (!types.TryGetValue(type, out var known))
        {
            known = type is { IsGenericType: true, IsGenericTypeDefinition: false } || type.HasElementType || type.IsGenericParameter
                ? metadata.AddTypeSpecification(Blob(to => Write(to.TypeSpecificationSignature(), type)))
                : metadata.AddTypeReference(
                    type.IsNested ? Type(type.DeclaringType!) : Assembly(type.Assembly),
                    type.IsNested ? default : metadata.GetOrAddString(type.Namespace ?? ""),
                    metadata.GetOrAddString(type.Name));
            types.Add(type, known);
        }

        return known;
    }

    private AssemblyReferenceHandle Assembly(Assembly assembly)
    {
        if (!assemblies.TryGetValue(assembly, out var known))
        {
            var name = assembly.GetName();
            var key = name.GetPublicKeyToken() is { Length: > 0 } token ? metadata.GetOrAddBlob(token) : default;
            known = metadata.AddAssemblyReference(metadata.GetOrAddString(name.Name!), name.Version!, default, key, default, default);
            assemblies.Add(assembly, known);
        }

        return known;
    }

    private void Write(SignatureTypeEncoder to, Type type)
    {
        if (simple.TryGetValue(type, out var write))
        {
            write(to);
        }
        else if (type.IsGenericTypeParameter)
        {
            to.GenericTypeParameter(type.GenericParameterPosition);
        }
        else if (type.IsGenericMethodParameter)
        {
            to.GenericMethodTypeParameter(type.GenericParameterPosition);
        }
        else if (type.IsSZArray)
        {
            Write(to.SZArray(), type.GetElementType()!);
        }
        else if (type.IsPointer && type.GetElementType() == typeof(void))
        {
            to.VoidPointer();
        }
        else if (type.IsPointer)
        {
            Write(to.Pointer(), type.GetElementType()!);
        }
        else if (type.HasElementType || type.IsFunctionPointer)
        {
            throw new NotSupportedException($"{type} cannot be written");
        }
        else if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            var instance = to.GenericInstantiation(Type(type.GetGenericTypeDefinition()), arguments.Length, type.IsValueType);
            foreach (var argument in arguments)
            {
                Write(instance.AddArgument(), argument);
            }
        }
        else
        {
            to.Type(Type(type), type.IsValueType);
        }
    }
}
