package org.openrtd.feed.jms;

import java.lang.reflect.Method;
import java.util.Hashtable;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.StandardMBean;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** An MXBean whose interface describes itself by {@link Description}. Answers from local state. */
public final class RoleMBean extends StandardMBean {

    private final Class<?> shown;

    public <T> RoleMBean(T implementation, Class<T> shown) {
        super(implementation, shown, true);
        this.shown = shown;
    }

    /** Publishes it under {@code org.openrtd:type=<type>}, by Karaf's JMX whiteboard, until it is unregistered. */
    public ServiceRegistration<DynamicMBean> publish(BundleContext context, String type) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("jmx.objectname", "org.openrtd:type=" + type);
        return context.registerService(DynamicMBean.class, this, properties);
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        Description description = shown.getAnnotation(Description.class);
        return description == null ? super.getDescription(info) : description.value();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        for (String prefix : new String[] {"get", "is"}) {
            String description = described(prefix + info.getName());
            if (description != null) {
                return description;
            }
        }
        return super.getDescription(info);
    }

    @Override
    protected String getDescription(MBeanOperationInfo info) {
        String description = described(info.getName());
        return description == null ? super.getDescription(info) : description;
    }

    private String described(String method) {
        for (Method candidate : shown.getMethods()) {
            Description description = candidate.getAnnotation(Description.class);
            if (description != null && candidate.getName().equals(method)) {
                return description.value();
            }
        }
        return null;
    }
}
